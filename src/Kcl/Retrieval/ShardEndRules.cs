using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>Decides whether a shard has ended. Pure functions.</summary>
internal static class ShardEndRules
{
    /// <summary>
    /// Evaluates a response as every KCL does (<c>retrieval/DataRetrievalUtil.isValidResult</c>), with one difference: for an end without
    /// child shards, the shard list decides.
    /// </summary>
    /// <param name="hasMore">
    /// Whether the response contains a position from which to continue: a next iterator or a continuation sequence number.
    /// </param>
    /// <param name="childShards">The child shards that the response names.</param>
    public static ResponseDecision Evaluate(bool hasMore, IReadOnlyList<ChildShard> childShards)
    {
        if (hasMore)
        {
            return childShards.Count == 0 ? ResponseDecision.Continues : ResponseDecision.Invalid;
        }

        if (childShards.Count == 0)
        {
            return ResponseDecision.MayHaveEnded;
        }

        foreach (var child in childShards)
        {
            if (child.ParentShards.Count == 0)
            {
                return ResponseDecision.Invalid;
            }
        }

        return ResponseDecision.Ended;
    }

    /// <summary>Decides after a last response that named no child shard.</summary>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="isOpen">Whether the list shows the shard as open.</param>
    /// <param name="absent">For how long no requested list has shown the shard.</param>
    public static ShardEndDecision AfterLastResponse(bool isListed, bool isOpen, TimeSpan absent) => (isListed, isOpen) switch
    {
        (false, _) => AfterAbsence(absent),
        (_, true) => ShardEndDecision.ReadOn,
        _ => ShardEndDecision.Ended,
    };

    /// <summary>Decides after the service did not find the shard or the position.</summary>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="isOpen">Whether the list shows the shard as open.</param>
    /// <param name="absent">For how long no requested list has shown the shard.</param>
    /// <param name="start">The requested position.</param>
    /// <remarks>
    /// Some servers do not find a sequence number whose record they have trimmed. If the shard were then treated as ended, the records
    /// after it would be lost.
    /// </remarks>
    public static ShardEndDecision AfterNotFound(bool isListed, bool isOpen, TimeSpan absent, StartingPositionType start) =>
        (isListed, isOpen, start) switch
        {
            (false, _, _) => AfterAbsence(absent),
            (_, _, StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber) => ShardEndDecision.ReadFromHorizon,
            (_, true, _) => ShardEndDecision.ReadOn,
            _ => ShardEndDecision.Ended,
        };

    /// <summary>Decides as <see cref="AfterNotFound"/> if the reader's own registration may be what was not found.</summary>
    /// <param name="decision">The decision of <see cref="AfterNotFound"/>.</param>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="repeated">Whether the shard was also listed the last time, and nothing has been read since.</param>
    public static ShardEndDecision AfterAmbiguousNotFound(ShardEndDecision decision, bool isListed, bool repeated) =>
        !isListed || (repeated && decision == ShardEndDecision.ReadFromHorizon) ? decision : ShardEndDecision.ReadOn;

    /// <summary>Decides after a position was refused as invalid.</summary>
    /// <param name="start">The requested position.</param>
    /// <param name="startOfShard">The shard's first sequence number; null if the shard is not listed.</param>
    /// <remarks>
    /// A sequence number before the first one of the shard lies before all of its records, so all of them must still be read. If the number
    /// has the service's form, it belongs to an earlier stream of the same name. In this case, nothing is read yet, because the lease will
    /// be restarted, and only then the ancestors of the shard are known.
    /// </remarks>
    public static ShardEndDecision AfterRefusal(StartingPosition start, SequenceNumber? startOfShard) =>
        start is { Type: StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber, SequenceNumber: { } number }
        && number < startOfShard && SequenceNumberFields.Of(number) is null
            ? ShardEndDecision.ReadFromHorizon
            : ShardEndDecision.ReadOn;

    // One list is not enough for a decision that cannot be undone, because it may be outdated.
    private static ShardEndDecision AfterAbsence(TimeSpan absent) =>
        absent >= ShardAbsence.MaxListDelay ? ShardEndDecision.Ended : ShardEndDecision.ReadOn;
}
