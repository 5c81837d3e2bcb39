namespace Kcl.MultiLang.Protocol;

/// <summary>Whether a line is a message.</summary>
/// <param name="IsMessage">Whether it is one.</param>
/// <param name="Doubt">What speaks against it: of a message that is accepted nevertheless, or of a line that looks like one.</param>
internal readonly record struct ChildVerdict(bool IsMessage, MessageDoubt Doubt = MessageDoubt.None);

/// <summary>What makes a line that looks like a message doubtful.</summary>
internal enum MessageDoubt
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is other text on the line.</summary>
    OtherText,

    /// <summary>It has keys that no message has.</summary>
    UnknownKeys,

    /// <summary>It has a key twice, or two sequence numbers.</summary>
    RepeatedKeys,

    /// <summary>The empty line is missing that the child's library writes before each message.</summary>
    NoEmptyLine,
}
