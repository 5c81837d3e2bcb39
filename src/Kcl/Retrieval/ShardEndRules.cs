using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>Decides whether a shard has ended. Pure functions.</summary>
internal static class ShardEndRules
{
    /// <summary>
    /// Evaluates a response as every KCL does (retrieval/DataRetrievalUtil.isValidResult), except that an end without child shards is not
    /// invalid but a question.
    /// </summary>
    /// <param name="hasMore">Whether the response names a place to continue from: a next iterator or a continuation.</param>
    /// <param name="childShards">The child shards that it names.</param>
    public static ResponseVerdict Evaluate(bool hasMore, IReadOnlyList<ChildShard> childShards)
    {
        if (hasMore)
        {
            return childShards.Count == 0 ? ResponseVerdict.Continues : ResponseVerdict.Invalid;
        }

        if (childShards.Count == 0)
        {
            return ResponseVerdict.MayHaveEnded;
        }

        foreach (var child in childShards)
        {
            if (child.ParentShards.Count == 0)
            {
                return ResponseVerdict.Invalid;
            }
        }

        return ResponseVerdict.Ended;
    }

    /// <summary>Decides after a last response that named no child shard.</summary>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="isOpen">Whether the list shows the shard as open.</param>
    /// <param name="absent">For how long no requested list has shown the shard.</param>
    public static ShardEndDecision AfterLastAnswer(bool isListed, bool isOpen, TimeSpan absent) => (isListed, isOpen) switch
    {
        (false, _) => AfterAbsence(absent),
        (_, true) => ShardEndDecision.ReadOn,
        _ => ShardEndDecision.Ended,
    };

    /// <summary>Decides after the service did not find the shard or the position.</summary>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="isOpen">Whether the list shows the shard as open.</param>
    /// <param name="absent">For how long no requested list has shown the shard.</param>
    /// <param name="start">What was asked for.</param>
    /// <remarks>
    /// Some servers do not find a number that they have trimmed. If the shard were taken as ended then, the records after the number would
    /// be lost.
    /// </remarks>
    public static ShardEndDecision AfterNotFound(bool isListed, bool isOpen, TimeSpan absent, StartingPositionType start) =>
        (isListed, isOpen, start) switch
        {
            (false, _, _) => AfterAbsence(absent),
            (_, _, StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber) => ShardEndDecision.ReadFromHorizon,
            (_, true, _) => ShardEndDecision.ReadOn,
            _ => ShardEndDecision.Ended,
        };

    /// <summary>Decides as <see cref="AfterNotFound"/> if what was not found may also be the reader's own registration.</summary>
    /// <param name="decision">The decision of <see cref="AfterNotFound"/>.</param>
    /// <param name="isListed">Whether the shard is listed.</param>
    /// <param name="repeated">Whether the shard was listed the last time too, and nothing was read since.</param>
    public static ShardEndDecision AfterAmbiguousNotFound(ShardEndDecision decision, bool isListed, bool repeated) =>
        !isListed || (repeated && decision == ShardEndDecision.ReadFromHorizon) ? decision : ShardEndDecision.ReadOn;

    /// <summary>Decides after a position was refused as invalid.</summary>
    /// <param name="start">What was asked for.</param>
    /// <param name="startOfShard">The shard's first number; null if the shard is not listed.</param>
    /// <remarks>
    /// A number before the first of the shard lies before all of its records, so all of them must still be read. If the number has the
    /// service's form, it belongs to an earlier stream of the same name. Then nothing is read yet: the lease will be started over, and only
    /// then is it known which shards come before this one.
    /// </remarks>
    public static ShardEndDecision AfterRefusal(StartingPosition start, SequenceNumber? startOfShard) =>
        start is { Type: StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber, SequenceNumber: { } number }
        && number < startOfShard && SequenceNumberFields.Of(number) is null
            ? ShardEndDecision.ReadFromHorizon
            : ShardEndDecision.ReadOn;

    // One list is not enough for a decision that cannot be undone: it may lag behind the stream.
    private static ShardEndDecision AfterAbsence(TimeSpan absent) =>
        absent >= ShardAbsence.MaxListDelay ? ShardEndDecision.Ended : ShardEndDecision.ReadOn;
}
