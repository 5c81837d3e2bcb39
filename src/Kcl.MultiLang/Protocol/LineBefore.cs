namespace Kcl.MultiLang.Protocol;

/// <summary>What precedes a line directly.</summary>
internal enum LineBefore
{
    /// <summary>Another line, or nothing.</summary>
    Text,

    /// <summary>An empty line.</summary>
    EmptyLine,
}
