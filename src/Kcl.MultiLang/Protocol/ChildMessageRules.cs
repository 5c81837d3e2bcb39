namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Decides which lines of a child's stdout are messages. The child's own code may print there too, and what it prints may come from a
/// record: it must not checkpoint or acknowledge anything.
/// </summary>
/// <remarks>
/// The rules accept every message that a client library writes. Java's (GetNextMessageTask) are: the first JSON object of a line that it
/// begins, with known keys only.
/// These are stricter where a library shows that it can be told from its processor, and more lenient only where no record can be involved.
/// </remarks>
internal static class ChildMessageRules
{
    /// <summary>Decides about one line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="before">What stands directly before it.</param>
    /// <param name="framing">How the child's library frames its messages.</param>
    /// <param name="call">The action that the child has to answer; null between two.</param>
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
            // An event of the application that also has an "action", as likely as not.
            return new(false, MessageDoubt.UnknownKeys);
        }

        if (Has(traits, ChildLineTraits.OtherText))
        {
            // Before initialize is answered the child has no record that it could print.
            var isAnswer = message is { Kind: ChildMessageKind.Status, Name: ActionNames.Initialize } && call == ActionNames.Initialize;
            return new(framing == ChildFraming.Unknown && isAnswer, MessageDoubt.OtherText);
        }

        if (framing == ChildFraming.EmptyLineBefore && (before != LineBefore.EmptyLine || Has(traits, ChildLineTraits.Indented)))
        {
            return new(false, MessageDoubt.NoEmptyLine);
        }

        return new(true, unknownKeys ? MessageDoubt.UnknownKeys : MessageDoubt.None);
    }

    /// <summary>What an accepted message says about its child's library.</summary>
    /// <param name="line">The line.</param>
    /// <param name="before">What stands directly before it.</param>
    /// <param name="framing">What was known until now.</param>
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
