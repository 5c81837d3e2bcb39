using System.Reflection;
using Amazon.Runtime;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.LocalKinesis;
using Kcl.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Unit.Tests.Options;

/// <summary>Tests that timers and arithmetic support the longest durations that the options accept.</summary>
public sealed class LongestDurationsTests
{
    private static readonly StreamName Words = new("words");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_consumer_calls_its_processor_and_stops(bool isFailing)
    {
        await using var server = await LocalKinesisServer.StartAsync(
            Longest(new LocalKinesisOptions { Port = 0, InitialStreams = { ["words"] = 1 } }), Cancelled);
        await using var client = new KinesisClient(Longest(KinesisClientOptions.ForLocalServer(server.Endpoint)));
        await client.PutRecordAsync(Words, new PutRecordEntry(new byte[] { 1 }, "a"), Cancelled);
        var processor = new SignalingProcessor(isFailing);
        var logs = new ErrorLog();
        await using var consumer = new KinesisConsumer(
            Longest(new KinesisConsumerOptions
            {
                ApplicationName = "app",
                Stream = { Identifier = Words, InitialPosition = InitialPosition.TrimHorizon },
            }),
            new()
            {
                KinesisClient = client,
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = new SingleProcessorFactory(processor),
                LoggerFactory = logs,
            });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var running = consumer.RunAsync(stop.Token);
        var called = await Task.WhenAny(processor.Called, running).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        Assert.Same(processor.Called, called);
        Assert.Empty(logs.Errors);
    }

    [Fact]
    public async Task A_subscription_is_opened()
    {
        await using var server = await LocalKinesisServer.StartAsync(
            new()
            {
                Port = 0,
                InitialStreams = { ["words"] = 1 },
                StateChangeDelay = TimeSpan.Zero,
                SubscriptionDuration = OptionsProblems.MaxDuration,
                SubscriptionTakeoverDelay = OptionsProblems.MaxDuration,
            },
            Cancelled);
        await using var client = new KinesisClient(Longest(KinesisClientOptions.ForLocalServer(server.Endpoint)));
        var stream = (await client.DescribeStreamSummaryAsync(Words, Cancelled)).StreamArn!.Value;
        var consumer = await client.RegisterStreamConsumerAsync(stream, "c", Cancelled);

        await using var subscription = await client.SubscribeToShardAsync(
            new(consumer.Arn, new("shardId-000000000000"), StartingPosition.TrimHorizon), Cancelled);

        Assert.NotNull(subscription);
    }

    [Fact]
    public async Task A_DynamoDB_store_calls_the_table()
    {
        using var store = new DynamoDbLeaseStore(
            Longest(new DynamoDbLeaseStoreOptions
            {
                ApplicationName = "app",
                Endpoint = new("http://127.0.0.1:9"),
                Credentials = new BasicAWSCredentials("a", "b"),
            }),
            NullLoggerFactory.Instance);

        var failure = await Assert.ThrowsAsync<DependencyException>(async () => await store.InitializeAsync(Cancelled));

        Assert.IsNotType<ArgumentException>(failure.InnerException, exactMatch: false);
    }

    private static T Longest<T>(T options)
        where T : class
    {
        foreach (var property in typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?))
            {
                property.SetValue(options, OptionsProblems.MaxDuration);
            }
        }

        return options;
    }

    private sealed class SingleProcessorFactory(IShardRecordProcessor processor) : IShardRecordProcessorFactory
    {
        public IShardRecordProcessor Create(ShardId shardId) => processor;
    }

    private sealed class SignalingProcessor(bool isFailing) : ShardRecordProcessor
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Called => _called.Task;

        public override ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
        {
            _called.TrySetResult();
            return isFailing ? throw new PlantedException() : default;
        }
    }

    private sealed class PlantedException : Exception;

    private sealed class ErrorLog : ILoggerFactory, ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<string> _errors = [];

        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_gate)
                {
                    return [.. _errors];
                }
            }
        }

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not (null or PlantedException) || logLevel >= LogLevel.Critical)
            {
                lock (_gate)
                {
                    _errors.Add($"{formatter(state, exception)} {exception}");
                }
            }
        }
    }
}
