using System.Globalization;
using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children;

/// <summary>What a child asks to checkpoint, understood as the Java daemon understands it (MultiLangProtocol, ShardRecordProcessorCheckpointer).</summary>
/// <param name="Position">The position; null for everything delivered so far.</param>
/// <param name="Problem">Why it can be no position; null where it can.</param>
internal readonly record struct CheckpointRequest(ExtendedSequenceNumber? Position, string? Problem = null)
{
    /// <summary>Understands a request: without a number the sub-sequence number is ignored, and one left out is 0.</summary>
    public static CheckpointRequest From(in ChildMessage message)
    {
        if (message.SequenceNumber is not { } text)
        {
            return new(null);
        }

        var sub = message.SubSequenceNumber ?? 0;
        // Java reads the digits as a number, for which leading zeros are nothing.
        var digits = text.Length > 1 && text[0] == '0' ? text.TrimStart('0') is { Length: > 0 } rest ? rest : "0" : text;
        return ExtendedSequenceNumber.TryParse(digits, Math.Max(sub, 0), out var position) && sub >= 0
            ? new(position)
            : new(null, string.Create(CultureInfo.InvariantCulture, $"'{OneLine.Of(text)}' with sub-sequence number {sub} is no position"));
    }
}
