using System.Globalization;
using System.Text;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Writes lines to standard error, or to a log file, without ever throwing and without waiting for it: a full disk or a pipe that nobody
/// reads costs lines and nothing else.
/// </summary>
/// <remarks>
/// Lines are queued and written by one thread, one write for each, so that lines of several processes on one terminal do not mix.
/// </remarks>
internal sealed class LineWriter : TextWriter, ILogSink<string>
{
    // How long the end of the program waits for lines that are not written yet.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    // A full disk is asked twice a second whether it takes lines again.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);
    private const int BytesOfLine = 60;

    private readonly TextWriter _output;
    private readonly LogQueue<string> _queue;
    private readonly Lock _gate = new();
    private readonly StringBuilder _unfinished = new();
    private bool _torn;

    /// <param name="output">What is written to, by the queue's thread only; not disposed.</param>
    /// <param name="time">The clock that dates lost lines.</param>
    public LineWriter(TextWriter output, TimeProvider time)
        : this(output, time, LogQueueLimits.Default, PauseAfterFailure)
    {
    }

    internal LineWriter(TextWriter output, TimeProvider time, LogQueueLimits limits, TimeSpan pauseAfterFailure)
    {
        _output = output;
        _queue = new("Kcl log", this, limits, time, pauseAfterFailure);
        DescribeLost = static lost =>
            string.Create(CultureInfo.InvariantCulture,
            $"kcl: {lost.Count} line(s) since {lost.Since:O} are missing here, {lost.Reason}\n");
    }

    /// <inheritdoc />
    public override Encoding Encoding => _output.Encoding;

    /// <summary>Gets or sets how the count of lost lines is written.</summary>
    /// <value>The default is a line of text.</value>
    public Func<LostLogEntries, string> DescribeLost { get; set; }

    /// <summary>Decides whether there is room before a line is made. A line that is refused counts as lost.</summary>
    /// <param name="level">The level of the line.</param>
    public bool Refuses(LogLevel level) => _queue.Refuses(level);

    /// <summary>Queues a line.</summary>
    /// <param name="level">The level. Warnings and errors are accepted when the queue is full for information.</param>
    /// <param name="line">The line, with its end.</param>
    public void Add(LogLevel level, string line) => _queue.Add(line, level, BytesOfLine + (sizeof(char) * line.Length));

    /// <inheritdoc />
    public override void Write(char value) => Write([value]);

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <summary>Queues text as soon as its line is complete. What is written so is for people, and as important as an error.</summary>
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
    /// <param name="limit">The longest wait.</param>
    /// <returns>True if everything is written.</returns>
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
        // A write that failed may have left half a line.
        var start = _torn ? "\n" : "";
        _torn = true;
        _output.Write(start + entry);
        _output.Flush();
        _torn = false;
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
