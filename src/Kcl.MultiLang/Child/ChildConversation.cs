using System.Globalization;
using System.Text;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>The child's connection to the daemon: reads one message and writes one line at a time.</summary>
/// <remarks>Only documented keys are written, because Java's daemon drops a line with any other key.</remarks>
/// <param name="input">The stream from the daemon.</param>
/// <param name="output">The stream to the daemon.</param>
internal sealed class ChildConversation(Stream input, Stream output) : IDisposable
{
    private readonly DaemonLineReader _reader = new(input);
    private byte[]? _detached;
    private volatile bool _isBroken;
    private volatile bool _isLeaseLost;

    /// <summary>Gets the token that is canceled when the daemon closes the pipe.</summary>
    public CancellationToken Ended => _reader.Ended;

    /// <summary>Gets a value indicating whether the daemon has closed its end of the input or of the output.</summary>
    public bool HasEnded => _isBroken || _reader.Ended.IsCancellationRequested;

    /// <summary>Gets or sets a value indicating whether the daemon has reported that the lease is lost.</summary>
    public bool IsLeaseLost
    {
        get => _isLeaseLost;
        set => _isLeaseLost = value;
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>The message; null at the end of input.</returns>
    /// <exception cref="ProtocolException">The line is not a message.</exception>
    public async ValueTask<DaemonMessage?> ReadAsync()
    {
        if (await _reader.ReadLineAsync().ConfigureAwait(false) is not { } line)
        {
            return null;
        }

        DaemonMessage message;
        try
        {
            message = DaemonMessageParser.Parse(line);
        }
        catch (FormatException) when (_reader.IsCut)
        {
            // The daemon exited while it was writing this line.
            return null;
        }
        catch (FormatException e)
        {
            throw new ProtocolException(e.Message, e);
        }

        if (message.Records.Count > 0)
        {
            _detached = _reader.Detach();
        }

        _reader.StartReading();
        return message;
    }

    /// <summary>Allows the memory of the last batch's records to be reused.</summary>
    public void RecycleRecords()
    {
        if (_detached is not null)
        {
            _reader.Recycle(_detached);
            _detached = null;
        }
    }

    /// <summary>Answers an action.</summary>
    /// <param name="action">The name of the action.</param>
    public ValueTask WriteStatusAsync(string action) => WriteLineAsync($"{{\"action\":\"status\",\"responseFor\":\"{action}\"}}");

    /// <summary>Requests a checkpoint.</summary>
    /// <param name="sequenceNumber">The position; null for everything delivered so far.</param>
    /// <param name="subSequenceNumber">The index within a KPL aggregate; null if the sequence number is null.</param>
    public ValueTask WriteCheckpointAsync(string? sequenceNumber, long? subSequenceNumber)
    {
        var number = sequenceNumber is null ? "null" : $"\"{sequenceNumber}\"";
        var sub = subSequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return WriteLineAsync($"{{\"action\":\"checkpoint\",\"sequenceNumber\":{number},\"subSequenceNumber\":{sub}}}");
    }

    public void Dispose() => _reader.Dispose();

    private async ValueTask WriteLineAsync(string json)
    {
        // The leading line end separates the message from text that native code may have printed without a line end.
        try
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes($"\n{json}\n"), CancellationToken.None).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            _isBroken = true;
            throw;
        }
    }
}
