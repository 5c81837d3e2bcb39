using System.Text;
using Kcl;

namespace WordCounter;

/// <summary>Counts the words of one shard. The data of a record is UTF-8 text.</summary>
/// <remarks>
/// Records are delivered at least once. After a failure, the records since the last checkpoint are delivered again, to a new processor
/// whose counts start at zero.
/// </remarks>
public sealed class WordCountProcessor(ShardId shardId, TimeProvider time) : ShardRecordProcessor
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, long> _counts = new(StringComparer.OrdinalIgnoreCase);
    private long _lastCheckpoint = time.GetTimestamp();
    private long _records;

    public override ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        Report($"starts at {input.Position}");
        // In a child of the daemon, Console.Out writes to stderr, so it cannot break the protocol on stdout.
        Console.WriteLine($"{shardId} counts words");
        return ValueTask.CompletedTask;
    }

    public override async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        foreach (var record in input.Records)
        {
            foreach (var word in Encoding.UTF8.GetString(record.Data.Span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                _counts[word] = _counts.GetValueOrDefault(word) + 1;
            }
        }

        _records += input.Records.Count;
        // Frequent checkpoints reduce the number of records that are delivered again after a failure, but each one is a write to the lease.
        // So there is one in ten seconds; at the tip of the shard, each batch is checkpointed.
        if (time.GetElapsedTime(_lastCheckpoint) >= CheckpointInterval || input.MillisBehindLatest == 0)
        {
            await CheckpointAsync(input.Checkpointer, cancellationToken).ConfigureAwait(false);
        }
    }

    public override ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        Report($"has ended: {Top()}");
        return base.ShardEndedAsync(input, cancellationToken);
    }

    public override ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
    {
        Report($"stops here: {Top()}");
        return base.ShutdownRequestedAsync(input, cancellationToken);
    }

    private async ValueTask CheckpointAsync(ICheckpointer checkpointer, CancellationToken cancellationToken)
    {
        try
        {
            await checkpointer.CheckpointAsync(cancellationToken).ConfigureAwait(false);
            _lastCheckpoint = time.GetTimestamp();
            Report($"checkpointed: {Top()}");
        }
        catch (LeaseLostException)
        {
            // Another worker owns the shard and continues at the last checkpoint. LeaseLostAsync follows.
            Report("could not checkpoint: the lease is lost");
        }
        catch (KclException e) when (e.IsTransient)
        {
            // The next batch checkpoints again.
            Report($"could not checkpoint yet: {e.Message}");
        }
    }

    private string Top() =>
        $"{_records} records; "
        + string.Join(
            ", ",
            _counts.OrderByDescending(c => c.Value)
                .ThenBy(c => c.Key, StringComparer.Ordinal)
                .Take(5)
                .Select(c => $"{c.Key} {c.Value}"));

    private void Report(string text) => Console.Error.WriteLine($"{shardId} {text}");
}
