using System.Globalization;
using System.Text;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Writes lines to standard error or to a log file. Writing neither throws nor waits: if the disk is full or a pipe is not read, lines are
/// lost instead.
/// </summary>
/// <remarks>
/// Lines are queued. One thread writes them, each with a single write, so that the lines of several processes in a terminal do not mix.
/// </remarks>
internal sealed class LineWriter : TextWriter, ILogSink<string>
{
    // The maximum time that the program waits for queued lines before it ends.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    // After a failed write, for example to a full disk, the next attempt follows after half a second.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);
    private const int LineOverheadBytes = 60;

    private readonly TextWriter _output;
    private readonly LogQueue<string> _queue;
    private readonly Lock _gate = new();
    private readonly StringBuilder _unfinished = new();
    private bool _isLineIncomplete;

    /// <summary>Creates a writer.</summary>
    /// <param name="output">The destination. Only the thread of the queue uses it; it is not disposed.</param>
    /// <param name="time">The clock.</param>
    public LineWriter(TextWriter output, TimeProvider time)
        : this(output, time, LogQueueLimits.Default, PauseAfterFailure)
    {
    }

    internal LineWriter(TextWriter output, TimeProvider time, LogQueueLimits limits, TimeSpan pauseAfterFailure)
    {
        _output = output;
        _queue = new("Kcl log", this, limits, time, pauseAfterFailure);
        DescribeLost = static lost =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"kcl: {lost.Count} line(s) since {lost.Since:O} are missing here, {lost.Reason}\n");
    }

    /// <inheritdoc />
    public override Encoding Encoding => _output.Encoding;

    /// <summary>Gets or sets the function that formats the count of lost lines.</summary>
    /// <value>The default is a function that returns a line of text.</value>
    public Func<LostLogEntries, string> DescribeLost { get; set; }

    /// <summary>
    /// Checks, before a line is formatted, whether the queue is full for its level. If it is, the line is counted as lost.
    /// </summary>
    /// <param name="level">The level of the line.</param>
    /// <returns>True if the queue is full; otherwise, false.</returns>
    public bool Refuses(LogLevel level) => _queue.RejectIfFull(level);

    /// <summary>Queues a line.</summary>
    /// <param name="level">The level. Warnings and errors are accepted even when the queue is full for other levels.</param>
    /// <param name="line">The line, with its line end.</param>
    public void Add(LogLevel level, string line) => _queue.Add(line, level, LineOverheadBytes + (sizeof(char) * line.Length));

    /// <inheritdoc />
    public override void Write(char value) => Write([value]);

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <summary>Queues text when its line is complete, with the priority of an error.</summary>
    /// <param name="buffer">The text.</param>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            _unfinished.Append(buffer);
            if (buffer.Contains('\n'))
            {
                var text = _unfinished.ToString();
                var end = text.LastIndexOf('\n') + 1;
                _unfinished.Clear().Append(text, end, text.Length - end);
                Add(LogLevel.Error, text[..end]);
            }
        }
    }

    /// <summary>Waits until everything is written, for at most one second.</summary>
    public override void Flush() => TryFlush(FlushLimit);

    /// <summary>Waits until everything is written.</summary>
    /// <param name="limit">The maximum time to wait.</param>
    /// <returns>True if everything is written; otherwise, false.</returns>
    public bool TryFlush(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_unfinished.Length > 0)
            {
                Add(LogLevel.Error, _unfinished.ToString());
                _unfinished.Clear();
            }
        }

        return _queue.Flush(limit);
    }

    void ILogSink<string>.Write(string entry)
    {
        // A failed write may have written a part of a line.
        var start = _isLineIncomplete ? "\n" : "";
        _isLineIncomplete = true;
        _output.Write(start + entry);
        _output.Flush();
        _isLineIncomplete = false;
    }

    void ILogSink<string>.WriteLost(LostLogEntries lost) => ((ILogSink<string>)this).Write(DescribeLost(lost));

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Flush();
        }

        base.Dispose(disposing);
    }
}
