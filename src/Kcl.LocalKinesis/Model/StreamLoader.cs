using System.Collections.Immutable;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>
/// Loads the stored records of a stream. A change that was pending when the server stopped may have created shards that the stored model
/// lacks. Records of such a shard show that the change was complete: if the clock is behind, it is moved to that time.
/// </summary>
internal sealed class StreamLoader(LiveStream stream, ServerClock clock) : IStreamLoader
{
    private readonly ImmutableArray<ShardModel> _shards = StreamLifecycle.GetFutureShards(stream.LastModel);

    public void AddRecords(int shardIndex, long firstIndex, ReadOnlySpan<byte> records)
    {
        var log = GetLog(shardIndex);
        if (log.TryLoad(firstIndex, records) is { } problem)
        {
            throw new FormatException(
                $"the records of {ShardModel.IdOf(shardIndex)} of stream {stream.LastModel.Name} from number {firstIndex} on {problem}");
        }

        _ = clock.NotBefore(log.LastArrivedAt);
    }

    public void SetTrimmed(int shardIndex, long firstIndex) => GetLog(shardIndex).ContinueAt(firstIndex);

    private ShardLog GetLog(int shardIndex)
    {
        if (shardIndex < 0 || shardIndex >= _shards.Length)
        {
            throw new FormatException(
                $"there are records of shard number {shardIndex} of stream {stream.LastModel.Name}, which has {_shards.Length} shards");
        }

        _ = clock.NotBefore(_shards[shardIndex].OpenedAt);
        return stream.GetLogForLoading(shardIndex);
    }
}
