namespace Kcl.MultiLang.Protocol;

/// <summary>A line, or a piece of one, of what a child printed. The text is valid until the next call of the splitter.</summary>
/// <param name="Text">The bytes, without the line's end.</param>
/// <param name="Follows">What stood directly before it.</param>
/// <param name="IsWhole">Whether it is the whole line: neither a piece of a longer one nor cut at the limit.</param>
internal readonly record struct OutputLine(ReadOnlyMemory<byte> Text, LineBefore Follows, bool IsWhole);

/// <summary>What stands directly before a line.</summary>
internal enum LineBefore
{
    /// <summary>Another line, or nothing at all.</summary>
    Text,

    /// <summary>An empty line.</summary>
    EmptyLine,
}
