using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>What an answer says about the shard going on.</summary>
internal enum ResponseVerdict
{
    /// <summary>More may come.</summary>
    GoesOn,

    /// <summary>This was the last one; the children are named.</summary>
    Ended,

    /// <summary>It says it was the last one but names no children: the shard list decides.</summary>
    MayHaveEnded,

    /// <summary>It contradicts itself, so nothing of it is believed.</summary>
    Invalid,
}

/// <summary>What follows when the service says that a shard has ended, or is not there, and the shard list was asked.</summary>
internal enum ShardEndDecision
{
    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>It has not: read on from the last position.</summary>
    ReadOn,

    /// <summary>It is there but the position was not found in it: read on from its oldest record, dropping what was processed.</summary>
    ReadFromHorizon,
}

/// <summary>The decisions about a shard's end. Pure.</summary>
internal static class ShardEndRules
{
    /// <summary>Judges an answer as every KCL does (retrieval/DataRetrievalUtil.isValidResult), except that an end without children is not invalid but a question.</summary>
    /// <param name="goesOn">Whether the answer names a place to go on from: a next iterator, a continuation.</param>
    /// <param name="childShards">The children it names.</param>
    public static ResponseVerdict Judge(bool goesOn, IReadOnlyList<ChildShard> childShards)
    {
        if (goesOn)
        {
            return childShards.Count == 0 ? ResponseVerdict.GoesOn : ResponseVerdict.Invalid;
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

    /// <summary>Judges a last answer that named no children.</summary>
    /// <param name="isListed">Whether the shard is in the list.</param>
    /// <param name="isOpen">Whether the list says that it still takes records.</param>
    /// <param name="absent">For how long every list that was asked for has been without the shard.</param>
    public static ShardEndDecision AfterLastAnswer(bool isListed, bool isOpen, TimeSpan absent) => (isListed, isOpen) switch
    {
        (false, _) => AfterAbsence(absent),
        (_, true) => ShardEndDecision.ReadOn,
        _ => ShardEndDecision.Ended,
    };

    /// <summary>Judges a "not found".</summary>
    /// <param name="isListed">Whether the shard is in the list.</param>
    /// <param name="isOpen">Whether the list says that it still takes records.</param>
    /// <param name="absent">For how long every list that was asked for has been without the shard.</param>
    /// <param name="start">What was asked for when it was not found.</param>
    /// <remarks>Some servers say so of a number they have trimmed. To end the shard for that would lose what follows the number.</remarks>
    public static ShardEndDecision AfterNotFound(bool isListed, bool isOpen, TimeSpan absent, StartingPositionType start) => (isListed, isOpen, start) switch
    {
        (false, _, _) => AfterAbsence(absent),
        (_, _, StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber) => ShardEndDecision.ReadFromHorizon,
        (_, true, _) => ShardEndDecision.ReadOn,
        _ => ShardEndDecision.Ended,
    };

    /// <summary>Judges a position that was refused as invalid.</summary>
    /// <param name="start">What was asked for.</param>
    /// <param name="startOfShard">The shard's first number; null where it is not listed.</param>
    /// <remarks>
    /// A number before the first of the shard stands for nothing in it, so all of its records are still to be read. If the number has the service's form, it is of an earlier stream
    /// of the same name. Then nothing is read yet: the lease is about to be started over, and only then is it known which shards come before this one.
    /// </remarks>
    public static ShardEndDecision AfterRefusal(StartingPosition start, SequenceNumber? startOfShard) =>
        start is { Type: StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber, SequenceNumber: { } number }
        && number < startOfShard && SequenceNumberFields.Of(number) is null
            ? ShardEndDecision.ReadFromHorizon
            : ShardEndDecision.ReadOn;

    // What cannot be taken back is not done because of one list: it may be a moment behind.
    private static ShardEndDecision AfterAbsence(TimeSpan absent) => absent >= ShardAbsence.LongestDelayOfLists ? ShardEndDecision.Ended : ShardEndDecision.ReadOn;
}
