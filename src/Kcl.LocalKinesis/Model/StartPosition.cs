using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Model;

/// <summary>The position at which a reader starts, as specified in the request.</summary>
/// <param name="Type">The service's name of the type.</param>
/// <param name="SequenceNumber">The sequence number, for the two types that need one.</param>
/// <param name="Timestamp">The time in milliseconds since the Unix epoch, for the type that needs one.</param>
internal readonly record struct StartPosition(string Type, string? SequenceNumber, long? Timestamp)
{
    /// <summary>The service's names of the types, in the order of its model.</summary>
    public static readonly string[] Types = ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"];

    /// <summary>Returns the index of the first record to return.</summary>
    /// <param name="errors">Creates the errors.</param>
    /// <param name="live">The stream that is read.</param>
    /// <param name="model">The stream's model at <paramref name="now"/>.</param>
    /// <param name="shardIndex">The shard that is read.</param>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    /// <param name="operation">The name of the operation, for errors.</param>
    /// <param name="sequenceMember">The name of the member that contains the sequence number, for errors.</param>
    /// <exception cref="ServiceErrorException">The position lacks what its type needs, or is not valid.</exception>
    public long Resolve(
        ServiceErrors errors,
        LiveStream live,
        StreamModel model,
        int shardIndex,
        long now,
        string operation,
        string sequenceMember)
    {
        var shard = model.Shards[shardIndex];
        var log = live.GetShard(shardIndex).Log;
        switch (Type)
        {
            case "TRIM_HORIZON":
                return log.FirstAtOrAfter(now - model.RetentionMilliseconds);
            case "LATEST":
                return log.Latest;
            case "AT_TIMESTAMP":
                if (Timestamp is not { } instant)
                {
                    throw errors.StartRequires("Timestamp", operation, shard.Id, model.Name, Type);
                }

                return instant <= now
                    ? log.FirstAtOrAfter(Math.Max(instant, now - model.RetentionMilliseconds))
                    : throw ServiceErrors.StartInFuture(instant, now);
            default:
                if (SequenceNumber is null)
                {
                    throw errors.StartRequires(sequenceMember, operation, shard.Id, model.Name, Type);
                }

                var after = Type == "AFTER_SEQUENCE_NUMBER";
                var position = IteratorPositions.OfSequenceNumber(shard, SequenceNumber, after, out var problem);
                return problem is null
                    ? Math.Min(position, log.Latest)
                    : throw errors.InvalidStart(sequenceMember, SequenceNumber, operation, shard.Id, model.Name, problem);
        }
    }
}
