using Kcl.Kinesis;

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
internal enum EndVerdict
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
    /// <param name="absences">How many lists in a row, each younger than the answer it was asked for, did not have the shard.</param>
    public static EndVerdict AfterLastAnswer(bool isListed, bool isOpen, int absences) => (isListed, isOpen) switch
    {
        (false, _) => AfterAbsence(absences),
        (_, true) => EndVerdict.ReadOn,
        _ => EndVerdict.Ended,
    };

    /// <summary>Judges a "not found".</summary>
    /// <param name="isListed">Whether the shard is in the list.</param>
    /// <param name="isOpen">Whether the list says that it still takes records.</param>
    /// <param name="absences">How many lists in a row, each younger than the answer it was asked for, did not have the shard.</param>
    /// <param name="start">What was asked for when it was not found.</param>
    /// <remarks>Some servers say so of a number they have trimmed. To end the shard for that would lose what follows the number.</remarks>
    public static EndVerdict AfterNotFound(bool isListed, bool isOpen, int absences, StartingPositionType start) => (isListed, isOpen, start) switch
    {
        (false, _, _) => AfterAbsence(absences),
        (_, _, StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber) => EndVerdict.ReadFromHorizon,
        (_, true, _) => EndVerdict.ReadOn,
        _ => EndVerdict.Ended,
    };

    /// <summary>Judges a position that was refused as invalid.</summary>
    /// <param name="start">What was asked for.</param>
    /// <param name="number">The number of the position; null for a named one.</param>
    /// <param name="startOfShard">The shard's first number; null where it is not listed.</param>
    /// <remarks>A number before the first of the shard is of an earlier stream of the same name, or of nobody: no record of this shard comes before it, so all of them are still to be read.</remarks>
    public static EndVerdict AfterRefusal(StartingPositionType start, SequenceNumber? number, SequenceNumber? startOfShard) =>
        start is StartingPositionType.AtSequenceNumber or StartingPositionType.AfterSequenceNumber && number < startOfShard ? EndVerdict.ReadFromHorizon : EndVerdict.ReadOn;

    // What cannot be taken back is done after two lists, the second of them younger than the first sight of the absence.
    private static EndVerdict AfterAbsence(int absences) => absences >= 2 ? EndVerdict.Ended : EndVerdict.ReadOn;
}
