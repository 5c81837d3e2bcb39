namespace Kcl.MultiLang.Protocol;

/// <summary>Specifies what directly precedes a line.</summary>
internal enum LineBefore
{
    /// <summary>Another line, or nothing.</summary>
    Text,

    /// <summary>An empty line.</summary>
    EmptyLine,
}
