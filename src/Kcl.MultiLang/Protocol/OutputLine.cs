namespace Kcl.MultiLang.Protocol;

/// <summary>A line of a child's output, or a piece of one. The text is valid until the next call of the splitter.</summary>
/// <param name="Text">The bytes, without the line end.</param>
/// <param name="Follows">What directly precedes the line.</param>
/// <param name="IsWhole">True if this is the whole line, neither a piece of a longer line nor truncated.</param>
internal readonly record struct OutputLine(ReadOnlyMemory<byte> Text, LineBefore Follows, bool IsWhole);
