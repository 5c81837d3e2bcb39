using System.Collections.Immutable;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Storage;

namespace Kcl.LocalKinesis.Streams;

/// <summary>
/// Takes in the saved records of a stream. A change that was under way when the server stopped may have created shards that the saved
/// model lacks. Records of such a shard prove that its time had come: a clock that is behind is moved there.
/// </summary>
internal sealed class StreamLoader(LiveStream entry, ServerClock clock) : IStreamLoader
{
    private readonly ImmutableArray<ShardModel> _shards = StreamLifecycle.ShardsToCome(entry.Written);

    public void Records(int shardIndex, long firstIndex, ReadOnlySpan<byte> records)
    {
        var log = LogOf(shardIndex);
        if (log.TryLoad(firstIndex, records) is { } problem)
        {
            throw new FormatException(
                $"the records of {ShardModel.IdOf(shardIndex)} of stream {entry.Written.Name} from number {firstIndex} on {problem}");
        }

        _ = clock.NotBefore(log.LastArrivedAt);
    }

    public void Trimmed(int shardIndex, long firstIndex) => LogOf(shardIndex).ContinueAt(firstIndex);

    private ShardLog LogOf(int shardIndex)
    {
        if (shardIndex < 0 || shardIndex >= _shards.Length)
        {
            throw new FormatException(
                $"there are records of shard number {shardIndex} of stream {entry.Written.Name}, which has {_shards.Length} shards");
        }

        _ = clock.NotBefore(_shards[shardIndex].OpenedAt);
        return entry.LogToLoad(shardIndex);
    }
}
