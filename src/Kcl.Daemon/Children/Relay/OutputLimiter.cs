namespace Kcl.Daemon.Children.Relay;

/// <summary>Limits how much of a child's output is logged per period, and counts the output that is not logged.</summary>
/// <param name="maxLines">The maximum number of lines per period.</param>
/// <param name="maxBytes">The number of bytes per period after which no further line passes.</param>
/// <param name="period">The period; the first line after a period begins the next.</param>
/// <param name="time">The clock.</param>
internal sealed class OutputLimiter(int maxLines, long maxBytes, TimeSpan period, TimeProvider time)
{
    private long _periodStart = time.GetTimestamp();
    private int _lines;
    private long _bytes;
    private SuppressedOutput _suppressed;

    /// <summary>
    /// Gets the time until the suppressed output must be reported, even if the child prints nothing more; null if nothing was suppressed.
    /// </summary>
    public TimeSpan? ReportDue =>
        _suppressed.Lines == 0 ? null : TimeSpan.FromTicks(Math.Max(0, (period - time.GetElapsedTime(_periodStart)).Ticks));

    /// <summary>Counts a line.</summary>
    /// <param name="bytes">The length of the line in bytes.</param>
    /// <returns>True if the line may be logged; otherwise, false.</returns>
    public bool TryPass(int bytes)
    {
        if (time.GetElapsedTime(_periodStart) >= period)
        {
            _periodStart = time.GetTimestamp();
            _lines = 0;
            _bytes = 0;
        }

        if (_lines < maxLines && _bytes < maxBytes)
        {
            _lines++;
            _bytes += bytes;
            return true;
        }

        _suppressed = new(_suppressed.Lines + 1, _suppressed.Bytes + bytes);
        return false;
    }

    /// <summary>Returns and resets the counts of the suppressed output, if a report is due.</summary>
    /// <param name="suppressed">The suppressed output.</param>
    /// <param name="atEnd">Whether the output has ended, so that the report is due immediately.</param>
    /// <returns>True if a report is due; otherwise, false.</returns>
    public bool TryReport(out SuppressedOutput suppressed, bool atEnd = false)
    {
        suppressed = _suppressed;
        if (ReportDue is not { } due || (due > TimeSpan.Zero && !atEnd))
        {
            return false;
        }

        _suppressed = default;
        return true;
    }
}
