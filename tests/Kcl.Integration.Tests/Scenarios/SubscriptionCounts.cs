using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Kcl.Kinesis;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Reads the counts of the subscriptions of one stream from the meter of the library.</summary>
internal sealed class SubscriptionCounts : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _granted = new();
    private readonly ConcurrentDictionary<string, long> _failed = new();
    private readonly MeterListener _listener = new();
    private long _restarts;

    public SubscriptionCounts(StreamName stream)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name is "kcl.subscriptions" or "kcl.reads.failed" or "kcl.retrieval.restarts")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (Tag(tags, "kcl.stream") != stream.Value)
            {
                return;
            }

            if (instrument.Name == "kcl.retrieval.restarts")
            {
                _ = Interlocked.Add(ref _restarts, count);
            }
            else
            {
                var (counts, by) = instrument.Name == "kcl.subscriptions" ? (_granted, "kcl.shard") : (_failed, "error.type");
                _ = counts.AddOrUpdate(Tag(tags, by) ?? "", count, (_, before) => before + count);
            }
        });
        _listener.Start();
    }

    /// <summary>Returns the number of subscriptions of the shard with the fewest.</summary>
    /// <param name="shards">The number of shards.</param>
    public long FewestOf(int shards) => _granted.Count < shards ? 0 : _granted.Values.Min();

    /// <summary>Returns how often subscribing failed, or a subscription ended, for a given reason.</summary>
    public long Failed(KinesisErrorCode code) => _failed.GetValueOrDefault(code.ToString());

    /// <summary>Gets how often the stall detector restarted a retrieval.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    public override string ToString() =>
        $"granted: {string.Join(", ", _granted)}; failed: {string.Join(", ", _failed)}; restarts: {Restarts}";

    public void Dispose() => _listener.Dispose();

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value as string;
            }
        }

        return null;
    }
}
