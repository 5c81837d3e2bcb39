namespace Kcl.MultiLang.Protocol;

/// <summary>
/// A parsed line of a child's stdout: the first message in it, and what is unusual about it. <see cref="ChildMessageRules"/> decide whether
/// it is accepted as a message.
/// </summary>
/// <param name="Message">The message.</param>
/// <param name="Traits">What is unusual about the line.</param>
internal readonly record struct ChildLine(ChildMessage Message, ChildLineTraits Traits = ChildLineTraits.None);
