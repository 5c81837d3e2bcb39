using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Kcl.Daemon;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.Leases.Sqlite;
using Kcl.Leasing.Administration;
using Kcl.LocalKinesis;
using Kcl.Testing;
using Kcl.Unit.Tests.Coordination;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Unit.Tests.Options;

/// <summary>Tests that invalid options and null services are rejected when an object is created, by their names.</summary>
public sealed class ConstructionTests
{
    private static readonly DynamoDbLeaseStoreOptions Table = new()
    {
        ApplicationName = "app",
        Endpoint = new("http://127.0.0.1:9"),
        Credentials = new BasicAWSCredentials("a", "b"),
    };

    private static readonly NullLoggerFactory Logs = NullLoggerFactory.Instance;

    private static readonly Dictionary<string, (string Name, Action Create)> NullArguments = new()
    {
        ["consumer options"] = ("options", static () => _ = new KinesisConsumer(null!, Services())),
        ["consumer services"] = ("services", static () => _ = new KinesisConsumer(Options(), null!)),
        ["consumer client"] = ("KinesisClient", static () => _ = new KinesisConsumer(
            Options(),
            new() { KinesisClient = null!, LeaseStore = new InMemoryLeaseStore(), ProcessorFactory = new NoProcessors() })),
        ["consumer store"] = ("LeaseStore", static () => _ = new KinesisConsumer(
            Options(),
            new() { KinesisClient = new ListedStream(), LeaseStore = null!, ProcessorFactory = new NoProcessors() })),
        ["consumer processors"] = ("ProcessorFactory", static () => _ = new KinesisConsumer(
            Options(),
            new() { KinesisClient = new ListedStream(), LeaseStore = new InMemoryLeaseStore(), ProcessorFactory = null! })),
        ["consumer loggers"] = ("LoggerFactory", static () => _ = new KinesisConsumer(
            Options(),
            new()
            {
                KinesisClient = new ListedStream(),
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = new NoProcessors(),
                LoggerFactory = null!,
            })),
        ["consumer clock"] = ("TimeProvider", static () => _ = new KinesisConsumer(
            Options(),
            new()
            {
                KinesisClient = new ListedStream(),
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = new NoProcessors(),
                TimeProvider = null!,
            })),
        ["consumer random"] = ("Random", static () => _ = new KinesisConsumer(
            Options(),
            new()
            {
                KinesisClient = new ListedStream(),
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = new NoProcessors(),
                Random = null!,
            })),
        ["client options"] = ("options", static () => _ = new KinesisClient(null!)),
        ["table options"] = ("options", static () => _ = new DynamoDbLeaseStore(null!, Logs)),
        ["table loggers"] = ("loggerFactory", static () => _ = new DynamoDbLeaseStore(Table, null!)),
        ["table client"] = ("client", static () => _ = new DynamoDbLeaseStore((IAmazonDynamoDB)null!, Table, Logs)),
        ["file path"] = ("path", static () => _ = new SqliteLeaseStore(null!, "app")),
        ["file application"] = ("applicationName", static () => _ = new SqliteLeaseStore("leases.db", null!)),
        ["administrator store"] = ("store", static () => _ = new LeaseAdministrator(null!, TimeSpan.FromSeconds(1), TimeProvider.System)),
        ["administrator clock"] = (
            "time", static () => _ = new LeaseAdministrator(new InMemoryLeaseStore(), TimeSpan.FromSeconds(1), null!)),
        ["daemon loggers"] = ("LoggerFactory", static () => new MultiLangDaemonServices { LoggerFactory = null! }.ThrowIfIncomplete()),
    };

    public static TheoryData<string> NullArgumentNames => [.. NullArguments.Keys];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(NullArgumentNames))]
    public void A_null_argument_is_rejected_by_its_name(string argument)
    {
        var (name, create) = NullArguments[argument];
        Assert.Equal(name, Assert.Throws<ArgumentNullException>(create).ParamName);
    }

    [Fact]
    public async Task A_server_without_options_is_rejected()
    {
        var failure = await Assert.ThrowsAsync<ArgumentNullException>(() => LocalKinesisServer.StartAsync(null!, Cancelled));
        Assert.Equal("options", failure.ParamName);
    }

    [Theory]
    [InlineData("my app / two", null, "ApplicationName is 'my app / two'")]
    [InlineData("app", "a b", "FanOutConsumerName is 'a b'")]
    [InlineData("my app / two", "a b", "FanOutConsumerName is 'a b'")]
    [InlineData("my app / two", "consumer", null)]
    [InlineData("app", null, null)]
    [InlineData("app", "", null)]
    public void The_name_of_a_fan_out_consumer_must_be_valid(string application, string? consumer, string? problem)
    {
        foreach (var mode in new[] { RetrievalMode.FanOut, RetrievalMode.FanOutOrPolling })
        {
            var options = Options();
            options.ApplicationName = application;
            options.FanOutConsumerName = consumer;
            options.RetrievalMode = mode;
            var expected = mode == RetrievalMode.FanOut || consumer is not null ? problem : null;
            AssertProblem(expected, () => _ = new KinesisConsumer(options, Services()));
        }
    }

    [Fact]
    public void The_name_of_an_application_that_names_no_fan_out_consumer_can_have_any_characters()
    {
        var polling = Options();
        polling.ApplicationName = "my app / two";
        var known = Options();
        known.ApplicationName = "my app / two";
        known.RetrievalMode = RetrievalMode.FanOut;
        known.Stream.FanOutConsumerArn = ConsumerArn.Parse("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app:1700000000");

        AssertProblem(null, () => _ = new KinesisConsumer(polling, Services()));
        AssertProblem(null, () => _ = new KinesisConsumer(known, Services()));
    }

    [Fact]
    public void The_name_of_the_store_s_application_must_be_valid_for_a_fan_out_consumer()
    {
        var options = Options();
        options.ApplicationName = "";
        options.RetrievalMode = RetrievalMode.FanOut;
        var services = new KinesisConsumerServices
        {
            KinesisClient = new ListedStream(),
            LeaseStore = new InMemoryLeaseStore("my app"),
            ProcessorFactory = new NoProcessors(),
        };

        AssertProblem("ApplicationName is 'my app'", () => _ = new KinesisConsumer(options, services));
    }

    [Theory]
    [InlineData("/path")]
    [InlineData("ftp://localhost")]
    public void An_endpoint_must_be_an_absolute_URL_of_HTTP(string url)
    {
        var endpoint = new Uri(url, UriKind.RelativeOrAbsolute);

        AssertProblem("Endpoint is '", () => _ = new KinesisClient(new() { Endpoint = endpoint }));
        AssertProblem("Endpoint is '", () => _ = new DynamoDbLeaseStore(new() { ApplicationName = "app", Endpoint = endpoint }, Logs));
    }

    [Fact]
    public void A_region_must_have_the_characters_of_a_region()
    {
        AssertProblem("Region is 'us east/1'", () => _ = new KinesisClient(new() { Region = "us east/1" }));
        AssertProblem(
            "Region is 'us east/1'", () => _ = new DynamoDbLeaseStore(new() { ApplicationName = "app", Region = "us east/1" }, Logs));
    }

    [Fact]
    public void A_duration_that_timers_do_not_support_is_reported_before_it_is_used()
    {
        AssertProblem("ConnectTimeout is ", () => _ = new KinesisClient(new() { ConnectTimeout = TimeSpan.MaxValue }));
        AssertProblem(
            "RequestTimeout is ",
            () => _ = new DynamoDbLeaseStore(new() { ApplicationName = "app", RequestTimeout = TimeSpan.MaxValue }, Logs));
        Assert.Throws<ArgumentOutOfRangeException>(
            static () => new LeaseAdministrator(new InMemoryLeaseStore(), TimeSpan.MaxValue, TimeProvider.System));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_data_directory_must_have_a_name(string folder) =>
        Assert.Contains("DataDirectory is empty", Assert.Single(new LocalKinesisOptions { DataDirectory = folder }.Validate()));

    [Fact]
    public void The_ports_of_a_server_differ()
    {
        Assert.Contains("TlsPort is 4567", Assert.Single(new LocalKinesisOptions { Port = 4567, TlsPort = 4567 }.Validate()));
        Assert.Empty(new LocalKinesisOptions { Port = 0, TlsPort = 0 }.Validate());
    }

    private static void AssertProblem(string? expected, Action create)
    {
        var failure = Record.Exception(create);
        if (expected is null)
        {
            Assert.Null(failure);
        }
        else
        {
            Assert.Contains(expected, Assert.IsType<ConfigurationException>(failure).Message, StringComparison.Ordinal);
        }
    }

    private static KinesisConsumerOptions Options() => new() { ApplicationName = "app", Stream = new StreamName("words") };

    private static KinesisConsumerServices Services() => new()
    {
        KinesisClient = new ListedStream(),
        LeaseStore = new InMemoryLeaseStore(),
        ProcessorFactory = new NoProcessors(),
    };
}
