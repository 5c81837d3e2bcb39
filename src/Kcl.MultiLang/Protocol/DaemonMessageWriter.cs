using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Writes the daemon's messages to a child's stdin, one line each. The bytes are those of Java's daemon, always with UTF-8 and <c>\n</c>,
/// except for line separators within strings (<see cref="JsonText"/>).
/// </summary>
/// <remarks>
/// The caller must write one message at a time. A batch of any size passes through one buffer, which is returned to its pool after each
/// message.
/// </remarks>
/// <param name="output">The child's stdin.</param>
/// <param name="bufferSize">The size of the buffer in bytes.</param>
internal sealed class DaemonMessageWriter(Stream output, int bufferSize = DaemonMessageWriter.DefaultBufferSize)
{
    /// <summary>The default size of the buffer, in bytes.</summary>
    public const int DefaultBufferSize = 128 * 1024;

    /// <summary>Gets the number of bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Writes <c>initialize</c>.</summary>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">The checkpoint at which the child starts.</param>
    /// <param name="cancellationToken">Cancels the write, after which no further message can be written.</param>
    public ValueTask WriteInitializeAsync(ShardId shardId, ExtendedSequenceNumber position, CancellationToken cancellationToken) =>
        WriteSmallAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"action\":\"initialize\",\"shardId\":{Quote(shardId.Value)},"
                    + $"\"sequenceNumber\":{Quote(position.ToCheckpointText())},\"subSequenceNumber\":{position.SubSequenceNumber}}}\n"),
            cancellationToken);

    /// <summary>Writes <c>processRecords</c>.</summary>
    /// <param name="records">The records.</param>
    /// <param name="millisBehindLatest">How far the batch is behind the tip of the shard, in milliseconds; null if not known.</param>
    /// <param name="cancellationToken">Cancels the write, after which no further message can be written.</param>
    public async ValueTask WriteProcessRecordsAsync(
        IReadOnlyList<KinesisRecord> records, long? millisBehindLatest, CancellationToken cancellationToken)
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
                    // The partition key does not fit into the buffer. The service does not allow keys of this size, but a KPL aggregate can
                    // contain them.
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

    /// <summary>Writes a message that has only an action.</summary>
    /// <param name="action">The name of the action.</param>
    /// <param name="cancellationToken">Cancels the write, after which no further message can be written.</param>
    public ValueTask WriteActionAsync(string action, CancellationToken cancellationToken) =>
        WriteSmallAsync($"{{\"action\":\"{action}\"}}\n", cancellationToken);

    /// <summary>Replies to a checkpoint. The reply repeats the numbers of the request, including nulls.</summary>
    /// <param name="sequenceNumber">The sequence number of the request.</param>
    /// <param name="subSequenceNumber">The sub-sequence number of the request.</param>
    /// <param name="error">The name of the error (<see cref="ErrorNames"/>); null if the checkpoint is stored.</param>
    /// <param name="cancellationToken">Cancels the write, after which no further message can be written.</param>
    public ValueTask WriteCheckpointReplyAsync(
        string? sequenceNumber, long? subSequenceNumber, string? error, CancellationToken cancellationToken)
    {
        var sub = subSequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return WriteSmallAsync(
            $"{{\"action\":\"checkpoint\",\"sequenceNumber\":{Quote(sequenceNumber)},"
                + $"\"subSequenceNumber\":{sub},\"error\":{Quote(error)}}}\n",
            cancellationToken);
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
