using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>Where a reader wants to begin, as it said so.</summary>
/// <param name="Type">The service's word.</param>
/// <param name="SequenceNumber">The number of the two types that need one.</param>
/// <param name="Timestamp">The instant of the type that needs one, in milliseconds since the epoch.</param>
internal readonly record struct StartPosition(string Type, string? SequenceNumber, long? Timestamp)
{
    /// <summary>The service's words, in the order of its model.</summary>
    public static readonly string[] Types = ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"];

    /// <summary>The index of the first record to return.</summary>
    /// <exception cref="ServiceException">The position lacks what its type needs, or names something that cannot be.</exception>
    public long Resolve(StreamCatalog catalog, LiveStream entry, StreamModel model, int shardIndex, long now, string operation, string sequenceMember)
    {
        var shard = model.Shards[shardIndex];
        var log = entry.Shard(shardIndex).Log;
        switch (Type)
        {
            case "TRIM_HORIZON":
                return log.FirstAtOrAfter(now - model.RetentionMilliseconds);
            case "LATEST":
                return log.Latest;
            case "AT_TIMESTAMP":
                if (Timestamp is not { } instant)
                {
                    throw ServiceException.InvalidArgument($"Must specify the Timestamp parameter for {operation} on shard {shard.Id} in stream {model.Name} under account {catalog.Account} with type AT_TIMESTAMP.");
                }

                return instant <= now
                    ? log.FirstAtOrAfter(Math.Max(instant, now - model.RetentionMilliseconds))
                    : throw ServiceException.InvalidArgument($"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {instant}, currentTimestampInMillis: {now}");
            default:
                if (SequenceNumber is null)
                {
                    throw ServiceException.InvalidArgument($"Must specify the {sequenceMember} parameter for {operation} on shard {shard.Id} in stream {model.Name} under account {catalog.Account} with type {Type}.");
                }

                var position = IteratorPositions.OfSequenceNumber(shard, SequenceNumber, Type == "AFTER_SEQUENCE_NUMBER", out var problem);
                return problem is null
                    ? Math.Min(position, log.Latest)
                    : throw ServiceException.InvalidArgument($"{sequenceMember} {SequenceNumber} used in {operation} on shard {shard.Id} in stream {model.Name} under account {catalog.Account} {problem}");
        }
    }
}
