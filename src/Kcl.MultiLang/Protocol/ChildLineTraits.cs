namespace Kcl.MultiLang.Protocol;

/// <summary>Traits that messages of client libraries do not have, or rarely have.</summary>
[Flags]
internal enum ChildLineTraits
{
    /// <summary>The line has no such trait.</summary>
    None = 0,

    /// <summary>There is other text on the line, before or after the message.</summary>
    OtherText = 1,

    /// <summary>The message has keys that its action does not have.</summary>
    UnknownKeys = 2,

    /// <summary>A key is repeated, or two keys contradict each other.</summary>
    RepeatedKeys = 4,

    /// <summary>There are spaces before the message.</summary>
    Indented = 8,
}
