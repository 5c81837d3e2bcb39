using System.Text;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>
/// Logs what a child writes to stderr: line by line, a line without an end after a second of silence, and a long one in pieces. Beyond a
/// limit it counts.
/// </summary>
internal sealed class ErrorRelay(Stream error, ShardId shardId, ILogger logger, ILogger childLogger, TimeProvider time)
    : OutputReader(error, new LineSplitter(MaxPiece, splitLongLines: true), time)
{
    /// <summary>The longest piece of a line that is logged at once, in bytes.</summary>
    public const int MaxPiece = 8 * 1024;

    /// <summary>The lines that are logged in a second.</summary>
    public const int MaxLinesPerSecond = 1000;

    /// <summary>The bytes that are logged in a second.</summary>
    public const int MaxBytesPerSecond = 1024 * 1024;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly OutputGate _gate = new(MaxLinesPerSecond, MaxBytesPerSecond, Second, time);
    private long _lastArrival;
    private bool _shown;

    /// <inheritdoc />
    protected override TimeSpan? Patience
    {
        get
        {
            var unfinished = Lines.HasUnfinished && !_shown ? Second - Time.GetElapsedTime(_lastArrival) : TimeSpan.MaxValue;
            var report = _gate.ReportDue ?? TimeSpan.MaxValue;
            var next = unfinished < report ? unfinished : report;
            return next == TimeSpan.MaxValue ? null : next > TimeSpan.Zero ? next : TimeSpan.Zero;
        }
    }

    /// <inheritdoc />
    protected override bool TryHandle(in OutputLine line)
    {
        Report(false);
        if (_gate.Pass(line.Text.Length) && childLogger.IsEnabled(LogLevel.Information))
        {
            childLogger.ChildSays(shardId, Encoding.UTF8.GetString(line.Text.Span));
        }

        return true;
    }

    /// <inheritdoc />
    protected override void OnArrival() => (_lastArrival, _shown) = (Time.GetTimestamp(), false);

    /// <inheritdoc />
    protected override void OnSilence()
    {
        Report(false);
        if (Time.GetElapsedTime(_lastArrival) >= Second && !_shown)
        {
            _shown = true;
            while (Lines.TryTakeUnfinished(out var piece))
            {
                TryHandle(piece);
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEnd() => Report(true);

    private void Report(bool atEnd)
    {
        if (_gate.TryReport(out var suppressed, atEnd))
        {
            logger.ErrorsSuppressed(shardId, suppressed.Lines, suppressed.Bytes);
        }
    }
}
