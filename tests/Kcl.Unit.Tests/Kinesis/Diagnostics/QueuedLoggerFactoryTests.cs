using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Diagnostics;

public sealed class QueuedLoggerFactoryTests : IDisposable
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);
    private readonly Host _host = new();

    public void Dispose() => _host.Gate.Open();

    [Fact]
    public void The_same_factory_has_the_same_queue_and_one_that_needs_none_gets_none()
    {
        var queued = QueuedLoggerFactory.Wrap(_host);
        Assert.Same(queued, QueuedLoggerFactory.Wrap(_host));
        Assert.Same(queued, QueuedLoggerFactory.Wrap(queued));
        Assert.NotSame(queued, QueuedLoggerFactory.Wrap(new Host()));
        Assert.Same(NullLoggerFactory.Instance, QueuedLoggerFactory.Wrap(NullLoggerFactory.Instance));
    }

    [Fact]
    public async Task A_host_sees_the_entry_as_it_was_logged()
    {
        var exception = new InvalidDataException("bad");
        var shard = new ShardId("shardId-000000000001");
        var queued = QueuedLoggerFactory.Wrap(_host);
        queued.CreateLogger("Kcl.X").Log(
            LogLevel.Warning, new EventId(7, "Seven"), exception, "Shard {ShardId} is {Behind} behind for {Long}: "
                + "{Owner} {Peers}", shard, 5, TimeSpan.FromSeconds(3), null, new[] { "a", "b" });
        await FlushAsync(queued);

        var entry = Assert.Single(_host.Entries);
        Assert.Equal(("Kcl.X", LogLevel.Warning, 7, "Seven"), (entry.Category, entry.Level, entry.Event.Id, entry.Event.Name));
        Assert.Same(exception, entry.Exception);
        Assert.Equal("Shard shardId-000000000001 is 5 behind for 00:00:03: (null) a, b", entry.Text);
        Assert.Equal(
            new object?[] {
                shard,
                5,
                TimeSpan.FromSeconds(3),
                null,
                "a, b",
                "Shard {ShardId} is {Behind} behind for {Long}: {Owner} {Peers}" },
            new[] { "ShardId", "Behind", "Long", "Owner", "Peers", "{OriginalFormat}" }.Select(name => entry.Values[name]));
        Assert.Equal(entry.Text, entry.State);
    }

    [Fact]
    public async Task What_happens_to_the_state_after_the_call_does_not_change_the_entry()
    {
        var state = new Reused { ["Name"] = "before", ["Bytes"] = new List<byte> { 1, 2 } };
        _host.Gate.Close();
        var queued = QueuedLoggerFactory.Wrap(_host);
        queued.CreateLogger("C").Log(LogLevel.Information, default, state, null, static (s, _) => $"text {s["Name"]}");
        await _host.Gate.Blocked;
        ((List<byte>)state["Bytes"]!).Clear();
        state["Name"] = "after";
        _host.Gate.Open();
        await FlushAsync(queued);

        var entry = Assert.Single(_host.Entries);
        Assert.Equal(("text before", "before", "1, 2"), (entry.Text, entry.Values["Name"], entry.Values["Bytes"]));
    }

    [Fact]
    public async Task Nothing_that_a_provider_throws_reaches_the_caller()
    {
        _host.Throws = true;
        var queued = QueuedLoggerFactory.Wrap(_host);
        var logger = queued.CreateLogger("C");
        for (var n = 0; n < 3; n++)
        {
            logger.LogError("lost {N}", n);
            await FlushAsync(queued);
        }

        _host.Throws = false;
        Assert.True(logger.IsEnabled(LogLevel.Information));
        logger.LogInformation("well again");
        await FlushAsync(queued);
        logger.LogInformation("more");
        await FlushAsync(queued);
        Assert.Equal(["well again", "Log entries are missing", "more"], _host.Entries.Select(e => e.Text[..Math.Min(23, e.Text.Length)]));
        var lost = _host.Entries[1];
        Assert.Equal(
            ("Kcl.Logging", "LogEntriesLost", LogLevel.Warning, 3L),
            (lost.Category, lost.Event.Name, lost.Level, lost.Values["Errors"]));
        Assert.Contains("writing failed (InvalidOperationException: the provider is broken)", lost.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_broken_provider_does_not_keep_entries_from_another()
    {
        var good = new Host();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(new Provider(new Host { Throws = true }))
            .AddProvider(new Provider(good)));
        var queued = QueuedLoggerFactory.Wrap(factory);
        var logger = queued.CreateLogger("C");
        for (var n = 0; n < 5; n++)
        {
            logger.LogInformation("{N}", n);
        }

        await FlushAsync(queued);
        Assert.Equal(["0", "1", "2", "3", "4"], good.Entries.Select(e => e.Text));
    }

    [Fact]
    public async Task A_provider_that_blocks_does_not_block_the_caller()
    {
        _host.Gate.Close();
        var queued = QueuedLoggerFactory.Wrap(_host);
        for (var n = 0; n < 100; n++)
        {
            queued.CreateLogger($"C{n % 3}").LogInformation("{N}", n);
        }

        await _host.Gate.Blocked;
        var clock = new FakeTimeProvider();
        ((QueuedLoggerFactory)queued).FlushClock = clock;
        var flush = QueuedLoggerFactory.FlushAsync(queued).AsTask();
        Assert.False(flush.IsCompleted);
        clock.Advance(QueuedLoggerFactory.FlushLimit);
        await flush.WaitAsync(Enough, TestContext.Current.CancellationToken);

        _host.Gate.Open();
        await _host.LoggedAsync(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => ($"C{n % 3}", $"{n}")), _host.Entries.Select(e => (e.Category, e.Text)));
    }

    [Fact]
    public async Task An_entry_that_the_host_does_not_enable_is_not_created()
    {
        _host.Minimum = LogLevel.Warning;
        var queued = QueuedLoggerFactory.Wrap(_host);
        var logger = queued.CreateLogger("C");

        // The first entry creates the host's logger on the queue's thread. Later entries are created only if the host's logger is enabled.
        logger.LogInformation("made in vain");
        await FlushAsync(queued);
        Assert.Equal(
            (false, true, false),
            (logger.IsEnabled(LogLevel.Information), logger.IsEnabled(LogLevel.Warning), logger.IsEnabled(LogLevel.None)));
        logger.Log(LogLevel.Information, default, 0, null, static (_, _) => throw new InvalidOperationException("nobody wants this text"));
        logger.LogWarning("wanted");
        await FlushAsync(queued);
        Assert.Equal(["wanted"], _host.Entries.Select(e => e.Text));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_formatted_says_so()
    {
        var queued = QueuedLoggerFactory.Wrap(_host);
        queued.CreateLogger("C").Log(LogLevel.Error, new EventId(3), 0, null, static (_, _) => throw new FormatException("no"));
        await FlushAsync(queued);
        Assert.Equal(
            ("An entry could not be formatted: FormatException", 3),
            (Assert.Single(_host.Entries).Text, _host.Entries[0].Event.Id));
    }

    [Fact]
    public async Task The_activity_of_the_caller_is_the_activity_of_the_entry_even_if_it_has_stopped_meanwhile()
    {
        var queued = QueuedLoggerFactory.Wrap(_host);
        _host.Gate.Close();
        queued.CreateLogger("C").LogInformation("blocked");
        await _host.Gate.Blocked;
        using var activity = new Activity("processing").Start();
        queued.CreateLogger("C").LogInformation("inside");
        activity.Stop();
        queued.CreateLogger("C").LogInformation("outside");
        _host.Gate.Open();
        await FlushAsync(queued);

        Assert.Equal(new string?[] { null, activity.Id, null }, _host.Entries.Select(e => e.ActivityId));
    }

    private static async Task FlushAsync(ILoggerFactory queued) =>
        Assert.True(await ((QueuedLoggerFactory)queued).Queue.FlushAsync(Enough, TimeProvider.System));

    private sealed record Entry(
        string Category,
        LogLevel Level,
        EventId Event,
        string Text,
        string? State,
        IReadOnlyDictionary<string, object?> Values,
        Exception? Exception,
        string? ActivityId);

    /// <summary>A host's log that keeps entries, throws or blocks.</summary>
    private sealed class Host : ILoggerFactory
    {
        private readonly ConcurrentQueue<Entry> _entries = new();
        private (int Count, TaskCompletionSource Reached)? _awaited;

        public bool Throws { get; set; }

        public LogLevel Minimum { get; set; }

        public Gate Gate { get; } = new();

        public IReadOnlyList<Entry> Entries => [.. _entries];

        public Task LoggedAsync(int count)
        {
            lock (_entries)
            {
                _awaited = (count, new(TaskCreationOptions.RunContinuationsAsynchronously));
                return _entries.Count >= count ? Task.CompletedTask : _awaited.Value.Reached.Task.WaitAsync(Enough);
            }
        }

        public ILogger CreateLogger(string categoryName) => Throws ? throw Broken() : new Logger(this, categoryName);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public static InvalidOperationException Broken() => new("the provider is broken");

        private void Add(Entry entry)
        {
            lock (_entries)
            {
                _entries.Enqueue(entry);
                if (_awaited is { } awaited && _entries.Count >= awaited.Count)
                {
                    awaited.Reached.TrySetResult();
                }
            }
        }

        public sealed class Logger(Host host, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => host.Throws ? throw Broken() : logLevel >= host.Minimum;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter)
            {
                host.Gate.Pass();
                if (host.Throws)
                {
                    throw Broken();
                }

                var values = ((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary(v => v.Key, v => v.Value);
                host.Add(new(
                    category,
                    logLevel,
                    eventId,
                    formatter(state, exception),
                    state?.ToString(),
                    values,
                    exception,
                    Activity.Current?.Id));
            }
        }
    }

    private sealed class Provider(Host host) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Host.Logger(host, categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class Reused : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly List<KeyValuePair<string, object?>> _values = [];

        public int Count => _values.Count;

        public object? this[string name]
        {
            get => _values.Find(v => v.Key == name).Value;
            set
            {
                _values.RemoveAll(v => v.Key == name);
                _values.Add(new(name, value));
            }
        }

        public KeyValuePair<string, object?> this[int index] => _values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
