using System.Text;
using Kcl.Daemon;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Settings;

namespace Kcl.Unit.Tests.Daemon;

public sealed class DaemonConfigurationTests
{
    private const string Minimal = "executableName = /bin/sh -c true\nstreamName = words\napplicationName = app\n";

    [Fact]
    public void The_least_that_works()
    {
        var configuration = Load(Minimal);

        Assert.Equal(["/bin/sh", "-c", "true"], configuration.Command);
        Assert.Equal("app", configuration.ApplicationName);
        Assert.Equal("words", configuration.Stream.ToString());
        Assert.Equal(ExtendedSequenceNumber.Latest, configuration.Consumer.Stream.InitialPosition.Checkpoint);
        Assert.True(configuration.Consumer.ReuseRecordBuffers);
        Assert.Equal("app", configuration.DynamoDb.ApplicationName);
        Assert.Null(configuration.SqliteFile);
        Assert.Null(configuration.Child.MessageTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), configuration.Child.StartupTimeout);
        Assert.Empty(configuration.Warnings);
    }

    [Fact]
    public void Every_problem_is_in_one_message()
    {
        var message = Assert.Throws<ConfigurationException>(() => Load("executableName = no-such-program\nmaxRecords = "
            + "many\nmaxRecrods = 5\ntimeoutInSeconds=0\nshardPrioritization = x\nAwsCredentialsProvider = MadeUp|secret\n")).Message;

        Assert.Equal(
            """
            test.properties cannot be used:
            - test.properties:2: maxRecords = many is not valid; expected a whole number from 1 to 10000 (0 is refused, because Java replaces it by its default; remove the line instead).
            """.ReplaceLineEndings(),
            string.Join(
                Environment.NewLine,
                message.Split(Environment.NewLine).Where(l => !l.StartsWith('-') || l.Contains("= many", StringComparison.Ordinal))));
        Assert.Contains("test.properties:3: there is no setting maxRecrods. Did you mean maxRecords?", message, StringComparison.Ordinal);
        Assert.Contains(
            "timeoutInSeconds = 0 is not valid; expected a whole number of seconds from 1 to 2147483",
            message,
            StringComparison.Ordinal);
        Assert.Contains("shardPrioritization is not accepted: Java accepts no value for it either", message, StringComparison.Ordinal);
        Assert.Contains(
            "executableName = no-such-program: 'no-such-program' was not found in the directories of PATH",
            message,
            StringComparison.Ordinal);
        Assert.Contains("applicationName is missing", message, StringComparison.Ordinal);
        Assert.Contains("streamName is missing", message, StringComparison.Ordinal);
        Assert.Contains("AwsCredentialsProvider = MadeUp|…", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leniency_is_Java_s()
    {
        var configuration = Load(Minimal + "maxRecords = many\nmaxRecrods = 5\n", o => o.Lenient = true);

        Assert.Equal(10_000, configuration.Consumer.MaxRecords);
        Assert.Equal(2, configuration.Warnings.Count);
    }

    [Fact]
    public void An_ARN_goes_before_a_name_and_names_the_region()
    {
        var configuration = Load(Minimal + "streamArn = arn:aws:kinesis:eu-west-1:123456789012:stream/other\n");

        Assert.Equal("arn:aws:kinesis:eu-west-1:123456789012:stream/other", configuration.Stream.ToString());
        Assert.Equal(("eu-west-1", "eu-west-1"), (configuration.Kinesis.Region, configuration.DynamoDb.Region));
    }

    [Fact]
    public void A_region_beside_an_ARN_is_that_of_the_leases()
    {
        var configuration = Load(Minimal + "streamArn = arn:aws:kinesis:eu-west-1:123456789012:stream/other\nregionName = us-east-2\n");

        Assert.Equal(("eu-west-1", "us-east-2"), (configuration.Kinesis.Region, configuration.DynamoDb.Region));
        Assert.Single(configuration.Warnings);
    }

    [Fact]
    public void The_ARN_of_Amazon_s_samples_is_a_name_as_it_is_under_Java()
    {
        var configuration = Load(Minimal
            + "streamArn = arn:aws:kinesis:us-east-5:000000000000:stream/kclpysample\nregionName = us-east-1\n");

        Assert.Equal(("kclpysample", "us-east-1"), (configuration.Stream.ToString(), configuration.Kinesis.Region));
        Assert.Single(configuration.Warnings);
    }

    [Theory]
    [InlineData("initialPositionInStreamExtended = 1617406032", "2021-04-02T23:27:12Z")]
    [InlineData("initialPositionInStreamExtended = 2021-04-02T23:27:12Z", "2021-04-02T23:27:12Z")]
    public void An_instant_to_start_from(string line, string instant) =>
        Assert.Equal(
            DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture),
            Load(Minimal + line).Consumer.Stream.InitialPosition.Timestamp);

    [Fact]
    public void Two_positions_contradict_each_other() =>
        Assert.Contains(
            "are both set",
            Assert.Throws<ConfigurationException>(() => Load(Minimal
                + "initialPositionInStream = LATEST\ninitialPositionInStreamExtended = 1\n")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_environment_goes_before_the_file_and_the_later_line_before_the_earlier()
    {
        var configuration = Load(
            Minimal + "maxRecords = 5\nmaxRecords = 6\nmaxLeasesForWorker = 1\n",
            o => o.Environment = n => n == "KCL_MAX_LEASES_FOR_WORKER" ? "2" : null);

        Assert.Equal((6, 2), (configuration.Consumer.MaxRecords, configuration.Consumer.MaxLeasesForWorker));
        Assert.Contains("maxRecords was already set at test.properties:4", Assert.Single(configuration.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_processing_language_is_sent_to_the_service()
    {
        var configuration = Load(Minimal + "processingLanguage = python/3.11\n");

        Assert.Equal("python/3.11", configuration.Kinesis.UserAgentSuffix);
    }

    [Fact]
    public void Local_needs_nothing_of_AWS()
    {
        var configuration = Load(
            Minimal
                + "AwsCredentialsProvider = StsAssumeRoleCredentialsProvider|arn|s\nstreamArn = "
                + "arn:aws:kinesis:eu-west-1:123456789012:stream/other\n",
            o => o.Local = true);

        Assert.False(configuration.Kinesis.SignRequests);
        Assert.Null(configuration.Kinesis.Credentials);
        Assert.Equal("other", configuration.Stream.ToString());
        Assert.Equal(Path.Combine(".kcl-local", "leases.db"), configuration.SqliteFile);
    }

    [Theory]
    [InlineData("", RetrievalMode.FanOutOrPolling)]
    [InlineData("maxRecords = 100", RetrievalMode.Polling)]
    [InlineData("pollingConfig.idleTimeBetweenReadsInMillis = 500", RetrievalMode.Polling)]
    [InlineData("millisBehindLatestThresholdForReducedTps = 0", RetrievalMode.FanOutOrPolling)]
    [InlineData("retrievalMode = fanout\nmaxRecords = 100", RetrievalMode.FanOut)]
    [InlineData("retrievalMode = POLLING", RetrievalMode.Polling)]
    public void Retrieval_is_chosen_as_Java_chooses_it(string lines, RetrievalMode mode) =>
        Assert.Equal(mode, Load(Minimal + lines).Consumer.RetrievalMode);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith(
            "The properties file '/no/such/file.properties' does not exist",
            Assert.Throws<ConfigurationException>(() =>
                DaemonConfiguration.Load(new() { PropertiesFile = "/no/such/file.properties" })).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("python3 app.py", "python3,app.py")]
    [InlineData("  python3   app.py  ", "python3,app.py")]
    [InlineData("\"my prog\" 'a b' c\\ d e", "my prog,a b,c d,e")]
    [InlineData("sh -c \"echo \\\"hi\\\" $HOME\"", "sh,-c,echo \"hi\" $HOME")]
    [InlineData("'C:\\py\\python.exe' \"\" x", "C:\\py\\python.exe,,x")]
    [InlineData("C:\\py\\python.exe a\\b", "C:\\py\\python.exe,a\\b")]
    public void Commands_are_split(string text, string words)
    {
        Assert.True(CommandLine.TrySplit(text, out var split, out _));
        Assert.Equal(words.Split(','), split);
    }

    [Theory]
    [InlineData("\"open", "a quote is not closed")]
    [InlineData("   ", "it is empty")]
    public void Commands_that_are_none(string text, string problem)
    {
        Assert.False(CommandLine.TrySplit(text, out _, out var found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void Options_that_are_not_valid_are_listed_in_one_message()
    {
        var options = new DaemonOptions { Local = true, LocalDirectory = "", LocalEndpoint = new("ftp://x") };
        var message = Assert.Throws<ConfigurationException>(() => DaemonConfiguration.Load(options)).Message;

        Assert.Contains("PropertiesFile is empty", message, StringComparison.Ordinal);
        Assert.Contains("LocalDirectory is empty", message, StringComparison.Ordinal);
        Assert.Contains("LocalEndpoint is 'ftp://x/'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4567", "", null, false)]
    [InlineData("https://localhost:4567", "", null, false)]
    [InlineData("http://kinesis:4567", "", null, false)]
    [InlineData("http://127.0.0.1:4567", "", "AWS_ACCESS_KEY_ID", true)]
    [InlineData("http://127.0.0.1:4567", "AwsCredentialsProvider = ProfileCredentialsProvider|dev", null, true)]
    [InlineData("https://kinesis.example.org", "", null, true)]
    public void Requests_to_a_local_endpoint_are_signed_only_if_credentials_were_given(
        string endpoint,
        string line,
        string? variable,
        bool isSigned)
    {
        var text = $"{Minimal}kinesisEndpoint = {endpoint}\n{line}\n";
        var configuration = Load(text, o => o.Environment = name => name == variable ? "x" : null);

        Assert.Equal(isSigned, configuration.Kinesis.SignRequests);
    }

    [Fact]
    public void The_explanation_compares_each_setting_with_Java()
    {
        var settings = Load(Minimal + "billingMode = x\n").Explain().ToDictionary(s => s.Name);

        Assert.Equal((JavaCompatibility.Same, null), (settings["tableName"].Compatibility, settings["tableName"].Explanation));
        Assert.Equal((JavaCompatibility.NoEffect, true), (settings["billingMode"].Compatibility, settings["billingMode"].IsGiven));
        Assert.Equal((JavaCompatibility.Differs, "10000"), (settings["maxRecords"].Compatibility, settings["maxRecords"].Value));
        Assert.DoesNotContain(settings.Values, s => s.Compatibility == JavaCompatibility.Refused);
    }

    private static DaemonConfiguration Load(string text, Action<DaemonOptions>? with = null)
    {
        var options = new DaemonOptions { PropertiesFile = "test.properties", Environment = _ => null };
        with?.Invoke(options);
        return DaemonConfiguration.Load(options, Encoding.UTF8.GetBytes(text));
    }
}
