using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Storage;

/// <summary>The content of one transaction. Only the last of several versions of a stream is written.</summary>
internal sealed class WriteBatch
{
    private readonly Dictionary<long, StreamModel?> _streams = [];
    private readonly Dictionary<(long Generation, int ShardIndex), long> _trims = [];
    private readonly HashSet<(long Generation, ShardLog Log)> _logs = [];

    /// <summary>Gets the streams that changed, by generation; null for one that was deleted.</summary>
    public IReadOnlyDictionary<long, StreamModel?> Streams => _streams;

    /// <summary>Gets the index of the first record that remains, by shard.</summary>
    public IReadOnlyDictionary<(long Generation, int ShardIndex), long> Trims => _trims;

    /// <summary>Gets the logs with unsaved records.</summary>
    public IReadOnlyCollection<(long Generation, ShardLog Log)> Logs => _logs;

    /// <summary>Gets the source of the task that completes with the transaction.</summary>
    public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsEmpty => _streams.Count == 0 && _trims.Count == 0 && _logs.Count == 0;

    public void Save(StreamModel stream)
    {
        // A deleted stream stays deleted, even if another thread saves it later.
        if (!_streams.TryGetValue(stream.Generation, out var earlier) || earlier is not null)
        {
            _streams[stream.Generation] = stream;
        }
    }

    public void Delete(long generation) => _streams[generation] = null;

    public void Save(long generation, ShardLog log) => _logs.Add((generation, log));

    public void Trim(long generation, int shardIndex, long firstIndex) =>
        _trims[(generation, shardIndex)] = Math.Max(firstIndex, _trims.GetValueOrDefault((generation, shardIndex)));

    /// <summary>
    /// Adds the content of a batch that could not be written. If both batches contain a stream, that of this batch is newer and is kept.
    /// </summary>
    public void Retry(WriteBatch failed)
    {
        foreach (var (generation, stream) in failed.Streams)
        {
            if (stream is null)
            {
                Delete(generation);
            }
            else
            {
                _ = _streams.TryAdd(generation, stream);
            }
        }

        foreach (var ((generation, shardIndex), firstIndex) in failed.Trims)
        {
            Trim(generation, shardIndex, firstIndex);
        }

        _logs.UnionWith(failed._logs);
    }
}
