namespace Kcl.MultiLang.Protocol;

/// <summary>Specifies why a line that looks like a message may not be one.</summary>
internal enum MessageDoubt
{
    /// <summary>There is no reason.</summary>
    None,

    /// <summary>There is other text on the line.</summary>
    OtherText,

    /// <summary>The line has keys that no message has.</summary>
    UnknownKeys,

    /// <summary>The line has a key twice, or two sequence numbers.</summary>
    RepeatedKeys,

    /// <summary>The empty line that the child's library writes before each message is missing.</summary>
    NoEmptyLine,
}
