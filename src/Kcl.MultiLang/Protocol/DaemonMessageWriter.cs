using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Writes the daemon's messages to a child's stdin, one line each, byte for byte as the Java daemon does (always UTF-8, always <c>\n</c>),
/// line separators within strings apart (<see cref="JsonText"/>).
/// </summary>
/// <remarks>One message at a time: the caller takes care of that. However large a batch is, it passes through one buffer, which is back in its pool between messages.</remarks>
internal sealed class DaemonMessageWriter(Stream output, int bufferSize = DaemonMessageWriter.DefaultBufferSize)
{
    public const int DefaultBufferSize = 128 * 1024;

    /// <summary>Bytes of all messages so far.</summary>
    public long BytesWritten { get; private set; }

    public ValueTask WriteInitializeAsync(ShardId shardId, ExtendedSequenceNumber position, CancellationToken cancellationToken) =>
        WriteSmallAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"action\":\"initialize\",\"shardId\":{Quote(shardId.Value)},"
                    + $"\"sequenceNumber\":{Quote(position.ToCheckpointText())},\"subSequenceNumber\":{position.SubSequenceNumber}}}\n"),
            cancellationToken);

    public async ValueTask WriteProcessRecordsAsync(IReadOnlyList<KinesisRecord> records, long? millisBehindLatest, CancellationToken cancellationToken)
    {
        var encoder = new ProcessRecordsEncoder(records, millisBehindLatest);
        var buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
        try
        {
            while (!encoder.IsDone)
            {
                var written = encoder.Encode(buffer);
                if (written == 0)
                {
                    // Only a partition key of many kilobytes gets here: larger than the service's, but a KPL aggregate can carry one.
                    var larger = ArrayPool<byte>.Shared.Rent(Math.Max(encoder.RoomNeeded, buffer.Length + 1));
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                    continue;
                }

                await output.WriteAsync(buffer.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
                BytesWritten += written;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a message that is nothing but its action.</summary>
    public ValueTask WriteActionAsync(string action, CancellationToken cancellationToken) => WriteSmallAsync($"{{\"action\":\"{action}\"}}\n", cancellationToken);

    /// <summary>Answers a checkpoint: echoes the request's numbers, nulls included, and names the error if there was one.</summary>
    public ValueTask WriteCheckpointReplyAsync(string? sequenceNumber, long? subSequenceNumber, string? error, CancellationToken cancellationToken)
    {
        var sub = subSequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return WriteSmallAsync($"{{\"action\":\"checkpoint\",\"sequenceNumber\":{Quote(sequenceNumber)},\"subSequenceNumber\":{sub},\"error\":{Quote(error)}}}\n", cancellationToken);
    }

    private static string Quote(string? text)
    {
        if (text is null)
        {
            return "null";
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        var escaped = new byte[utf8.Length * JsonText.MaxExpansion];
        return $"\"{Encoding.UTF8.GetString(escaped, 0, JsonText.Write(utf8, escaped))}\"";
    }

    private async ValueTask WriteSmallAsync(string line, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        BytesWritten += bytes.Length;
    }
}
