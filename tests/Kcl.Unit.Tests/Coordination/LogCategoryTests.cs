using Kcl.Leasing.Holding;
using Kcl.Testing;
using Kcl.Unit.Tests.Internal;
using Microsoft.Extensions.Logging;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Tests that every room has its own log category, so that hosts can filter by it.</summary>
public sealed class LogCategoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_filter_on_the_category_of_a_room_selects_its_events()
    {
        using var events = new EventProvider();
        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.None)
            .AddFilter("Kcl.Coordination", LogLevel.Debug)
            .AddProvider(events));
        await RunAsync(loggers);
        Assert.All([1100, 1103, 1104], id => Assert.Contains(("Kcl.Coordination", id), events.Logged));
        Assert.All(events.Logged, e => Assert.InRange(e.Id, 1000, 1199));
    }

    [Fact]
    public async Task Each_event_is_logged_under_the_category_of_its_room()
    {
        using var events = new EventProvider();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(events));
        await RunAsync(loggers);
        Assert.Contains(("Kcl.Leasing", 1200), events.Logged);
        var rooms = events.Logged.Select(e => (e.Category, Hundreds: e.Id / 100)).Distinct().Order();
        Assert.Equal([("Kcl.Coordination", 11), ("Kcl.Leasing", 12)], rooms);
    }

    private static async Task RunAsync(ILoggerFactory loggers)
    {
        var time = new TestClock();
        using var stop = new CancellationTokenSource();
        await using var consumer = new KinesisConsumer(
            new()
            {
                ApplicationName = "app",
                Stream = new(new StreamName("words")) { InitialPosition = InitialPosition.TrimHorizon },
            },
            new()
            {
                KinesisClient = new ListedStream { Shards = [Open(0, 0, UInt128.MaxValue)] },
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = new NoProcessors(),
                LoggerFactory = loggers,
                TimeProvider = time,
                Random = new Random(1),
            },
            static (_, _) => new IdleConsumer(),
            new LeaseWriting());
        var run = consumer.RunAsync(stop.Token);
        await time.RunUntilAsync(Task.Delay(TimeSpan.FromSeconds(30), time, Token));
        await stop.CancelAsync();
        await time.RunUntilAsync(run);
    }

    private sealed class EventProvider : ILoggerProvider
    {
        private readonly Lock _gate = new();
        private readonly List<(string Category, int Id)> _logged = [];

        public IReadOnlyList<(string Category, int Id)> Logged
        {
            get { lock (_gate) { return [.. _logged]; } }
        }

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(EventProvider provider, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                lock (provider._gate)
                {
                    provider._logged.Add((category, eventId.Id));
                }
            }
        }
    }
}
