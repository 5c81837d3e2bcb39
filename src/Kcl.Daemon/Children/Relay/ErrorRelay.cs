using System.Text;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>
/// Logs what a child writes to stderr, line by line. A line without an end is logged after a second of silence, and a long line in pieces.
/// Lines beyond a limit are not logged but counted.
/// </summary>
internal sealed class ErrorRelay(Stream error, ShardId shardId, ILogger logger, ILogger childLogger, TimeProvider time)
    : OutputReader(error, new LineSplitter(MaxPiece, splitLongLines: true), time)
{
    /// <summary>The maximum length of one log entry, in bytes.</summary>
    public const int MaxPiece = 8 * 1024;

    /// <summary>The maximum number of lines that are logged per second.</summary>
    public const int MaxLinesPerSecond = 1000;

    /// <summary>The maximum number of bytes that are logged per second.</summary>
    public const int MaxBytesPerSecond = 1024 * 1024;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly OutputLimiter _limiter = new(MaxLinesPerSecond, MaxBytesPerSecond, Second, time);
    private long _lastArrival;
    private bool _unfinishedLogged;

    /// <inheritdoc />
    protected override TimeSpan? SilenceTimeout
    {
        get
        {
            var unfinished = Lines.HasUnfinished && !_unfinishedLogged ? Second - Time.GetElapsedTime(_lastArrival) : TimeSpan.MaxValue;
            var report = _limiter.ReportDue ?? TimeSpan.MaxValue;
            var next = unfinished < report ? unfinished : report;
            return next == TimeSpan.MaxValue ? null : next > TimeSpan.Zero ? next : TimeSpan.Zero;
        }
    }

    /// <inheritdoc />
    protected override bool TryHandle(in OutputLine line)
    {
        ReportSuppressed(atEnd: false);
        if (_limiter.TryPass(line.Text.Length) && childLogger.IsEnabled(LogLevel.Information))
        {
            childLogger.ChildSays(shardId, Encoding.UTF8.GetString(line.Text.Span));
        }

        return true;
    }

    /// <inheritdoc />
    protected override void OnArrival()
    {
        _lastArrival = Time.GetTimestamp();
        _unfinishedLogged = false;
    }

    /// <inheritdoc />
    protected override void OnSilence()
    {
        ReportSuppressed(atEnd: false);
        if (Time.GetElapsedTime(_lastArrival) >= Second && !_unfinishedLogged)
        {
            _unfinishedLogged = true;
            while (Lines.TryTakeUnfinished(out var piece))
            {
                TryHandle(piece);
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEnd() => ReportSuppressed(atEnd: true);

    private void ReportSuppressed(bool atEnd)
    {
        if (_limiter.TryReport(out var suppressed, atEnd))
        {
            logger.ErrorsSuppressed(shardId, suppressed.Lines, suppressed.Bytes);
        }
    }
}
