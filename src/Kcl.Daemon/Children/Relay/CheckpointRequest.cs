using System.Globalization;
using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children.Relay;

/// <summary>
/// A child's request for a checkpoint, interpreted as in Java's daemon (MultiLangProtocol, ShardRecordProcessorCheckpointer).
/// </summary>
/// <param name="Position">The position; null for everything delivered so far.</param>
/// <param name="Problem">A description of why the request is not a valid position; null if it is valid.</param>
internal readonly record struct CheckpointRequest(ExtendedSequenceNumber? Position, string? Problem = null)
{
    /// <summary>
    /// Interprets a message. Without a sequence number the sub-sequence number is ignored; a missing sub-sequence number is 0.
    /// </summary>
    /// <param name="message">The message.</param>
    public static CheckpointRequest From(in ChildMessage message)
    {
        if (message.SequenceNumber is not { } text)
        {
            return new(null);
        }

        var sub = message.SubSequenceNumber ?? 0;
        // Java parses the digits as a number and so ignores leading zeros.
        var digits = text.Length > 1 && text[0] == '0' ? text.TrimStart('0') is { Length: > 0 } rest ? rest : "0" : text;
        return ExtendedSequenceNumber.TryParse(digits, Math.Max(sub, 0), out var position) && sub >= 0
            ? new(position)
            : new(null,
                string.Create(CultureInfo.InvariantCulture, $"'{OneLine.Of(text)}' with sub-sequence number {sub} is not a position"));
    }
}
