namespace Kcl.MultiLang.Protocol;

/// <summary>
/// One line of a child's stdout, parsed: the first message in it, and what is unusual about it. Whether it is believed is for
/// <see cref="ChildMessageRules"/> to decide.
/// </summary>
/// <param name="Message">The message.</param>
/// <param name="Traits">What is unusual about it.</param>
internal readonly record struct ChildLine(ChildMessage Message, ChildLineTraits Traits = ChildLineTraits.None);

/// <summary>What no client library's message has, or hardly any.</summary>
[Flags]
internal enum ChildLineTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>There is other text on the line, before the message or behind it.</summary>
    OtherText = 1,

    /// <summary>The message has keys that its action does not have.</summary>
    UnknownKeys = 2,

    /// <summary>A key is there twice, or two keys contradict each other.</summary>
    RepeatedKeys = 4,

    /// <summary>Blanks stand before the message.</summary>
    Indented = 8,
}
