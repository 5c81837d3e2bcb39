using System.Text;
using Kcl;

namespace WordCounter;

/// <summary>Counts the words of one shard. A record's data is a text of words.</summary>
/// <remarks>
/// Records come at least once: after a failure, those since the last checkpoint come again, to a processor that starts counting from
/// nothing.
/// </remarks>
public sealed class WordCountProcessor(ShardId shardId, TimeProvider time) : ShardRecordProcessor
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, long> _counts = new(StringComparer.OrdinalIgnoreCase);
    private long _lastCheckpoint = time.GetTimestamp();
    private long _records;

    public override ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        Report($"starts after {input.Position}");
        Console.WriteLine($"{shardId} counts words"); // stdout is the protocol's, but a child may print all the same: it goes to the log
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
        // Records that are not checkpointed are delivered again after a failure; each checkpoint costs a write.
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
            // Another worker has the shard and counts on from the last checkpoint; LeaseLostAsync follows.
            Report("could not checkpoint: the lease is lost");
        }
        catch (KclException e) when (e.IsTransient)
        {
            // The next batch tries again.
            Report($"could not checkpoint yet: {e.Message}");
        }
    }

    private string Top() =>
        $"{_records} records; "
        + string.Join(", ",
        _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(5).Select(c => $"{c.Key} {c.Value}"));

    private void Report(string what) => Console.Error.WriteLine($"{shardId} {what}");
}

/// <summary>Makes a counter for each shard.</summary>
public sealed class WordCounterFactory : IShardRecordProcessorFactory
{
    public IShardRecordProcessor Create(ShardId shardId) => new WordCountProcessor(shardId, TimeProvider.System);
}
