namespace Kcl.MultiLang.Protocol;

/// <summary>The decision whether a line is a message.</summary>
/// <param name="IsMessage">True if the line is a message.</param>
/// <param name="Doubt">Why a message that was accepted is doubtful, or why a line that looks like a message was not accepted.</param>
internal readonly record struct ChildLineDecision(bool IsMessage, MessageDoubt Doubt = MessageDoubt.None);
