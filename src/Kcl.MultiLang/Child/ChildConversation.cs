using System.Globalization;
using System.Text;
using Kcl.MultiLang.Protocol;

namespace Kcl.MultiLang.Child;

/// <summary>The wire of the child's end: one message read at a time, one line written at a time. Only documented keys are written: a Java daemon drops a line with any other.</summary>
internal sealed class ChildConversation(Stream input, Stream output) : IDisposable
{
    private readonly DaemonLineReader _reader = new(input);
    private byte[]? _detached;
    private volatile bool _isBroken;
    private volatile bool _isLeaseLost;

    /// <summary>Cancelled when the daemon closed the pipe.</summary>
    public CancellationToken Ended => _reader.Ended;

    /// <summary>Whether the daemon is gone: it closed its end of the input, or of the output.</summary>
    public bool IsOver => _isBroken || _reader.Ended.IsCancellationRequested;

    /// <summary>Gets or sets whether the daemon has said that the lease is lost.</summary>
    public bool IsLeaseLost
    {
        get => _isLeaseLost;
        set => _isLeaseLost = value;
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>The message; null at the end of input.</returns>
    /// <exception cref="ProtocolException">The line is no message.</exception>
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
            // The daemon died while it wrote this.
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

    /// <summary>Says that nobody refers to the last batch's records any more.</summary>
    public void RecycleRecords()
    {
        if (_detached is not null)
        {
            _reader.GiveBack(_detached);
            _detached = null;
        }
    }

    public ValueTask WriteStatusAsync(string action) => WriteLineAsync($"{{\"action\":\"status\",\"responseFor\":\"{action}\"}}");

    /// <summary>Asks for a checkpoint.</summary>
    /// <param name="sequenceNumber">The position; null for everything delivered so far.</param>
    /// <param name="subSequenceNumber">The index inside a KPL aggregate; null with a null sequence number.</param>
    public ValueTask WriteCheckpointAsync(string? sequenceNumber, long? subSequenceNumber)
    {
        var number = sequenceNumber is null ? "null" : $"\"{sequenceNumber}\"";
        var sub = subSequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return WriteLineAsync($"{{\"action\":\"checkpoint\",\"sequenceNumber\":{number},\"subSequenceNumber\":{sub}}}");
    }

    public void Dispose() => _reader.Dispose();

    private async ValueTask WriteLineAsync(string json)
    {
        // The leading line end keeps the message whole behind whatever native code may have printed without one.
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
