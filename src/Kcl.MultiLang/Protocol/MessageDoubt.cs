namespace Kcl.MultiLang.Protocol;

/// <summary>The reason why a line that looks like a message is doubtful.</summary>
internal enum MessageDoubt
{
    /// <summary>There is no doubt.</summary>
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
