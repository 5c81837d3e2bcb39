namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Decides which lines of a child's stdout are messages. The processor may print to stdout too, and its output may contain record data,
/// which must not checkpoint or acknowledge anything.
/// </summary>
/// <remarks>
/// The rules accept every message that the known client libraries write. Java's daemon (GetNextMessageTask) accepts the first JSON object
/// of a line if the line starts with it and the object has only known keys. These rules are stricter if the framing distinguishes the
/// library from the processor, and more lenient only where no record data can be involved.
/// </remarks>
internal static class ChildMessageRules
{
    /// <summary>Decides whether a line is a message.</summary>
    /// <param name="line">The line.</param>
    /// <param name="before">What directly precedes the line.</param>
    /// <param name="framing">The framing of the child's library.</param>
    /// <param name="call">The action that the child must answer; null between two actions.</param>
    public static ChildLineDecision Decide(in ChildLine line, LineBefore before, ChildFraming framing, string? call)
    {
        var (message, traits) = line;
        if (message.Kind is not (ChildMessageKind.Status or ChildMessageKind.Checkpoint))
        {
            return new(false);
        }

        if (Has(traits, ChildLineTraits.RepeatedKeys))
        {
            return new(false, MessageDoubt.RepeatedKeys);
        }

        var unknownKeys = Has(traits, ChildLineTraits.UnknownKeys);
        if (unknownKeys && message.SequenceNumber is null)
        {
            // This is probably an event of the application that also has an "action".
            return new(false, MessageDoubt.UnknownKeys);
        }

        if (Has(traits, ChildLineTraits.OtherText))
        {
            // Before it answers initialize, the child has no records that it could print.
            var isAnswer = message is { Kind: ChildMessageKind.Status, Name: ActionNames.Initialize } && call == ActionNames.Initialize;
            return new(framing == ChildFraming.Unknown && isAnswer, MessageDoubt.OtherText);
        }

        if (framing == ChildFraming.EmptyLineBefore && (before != LineBefore.EmptyLine || Has(traits, ChildLineTraits.Indented)))
        {
            return new(false, MessageDoubt.NoEmptyLine);
        }

        return new(true, unknownKeys ? MessageDoubt.UnknownKeys : MessageDoubt.None);
    }

    /// <summary>Detects the framing of a child's library from an accepted message.</summary>
    /// <param name="line">The line.</param>
    /// <param name="before">What directly precedes the line.</param>
    /// <param name="framing">The framing detected so far.</param>
    public static ChildFraming DetectFraming(in ChildLine line, LineBefore before, ChildFraming framing)
    {
        if (framing != ChildFraming.Unknown || line.Message is not { Kind: ChildMessageKind.Status, Name: ActionNames.Initialize })
        {
            return framing;
        }

        return before == LineBefore.EmptyLine && line.Traits == ChildLineTraits.None ? ChildFraming.EmptyLineBefore : ChildFraming.LineOnly;
    }

    private static bool Has(ChildLineTraits traits, ChildLineTraits any) => (traits & any) != 0;
}
