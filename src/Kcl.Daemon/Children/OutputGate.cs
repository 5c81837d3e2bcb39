namespace Kcl.Daemon.Children;

/// <summary>Lets so much of what a child prints pass in each period, and counts the rest until it is reported.</summary>
/// <param name="maxLines">The lines that pass in a period.</param>
/// <param name="maxBytes">The bytes that pass in a period, rounded up to a whole line.</param>
/// <param name="period">The period; the first line after one begins the next.</param>
/// <param name="time">The clock.</param>
internal sealed class OutputGate(int maxLines, long maxBytes, TimeSpan period, TimeProvider time)
{
    private long _start = time.GetTimestamp();
    private int _lines;
    private long _bytes;
    private Suppressed _suppressed;

    /// <summary>When what was suppressed is to be reported, whether or not anything else is printed; null where nothing was.</summary>
    public TimeSpan? ReportDue =>
        _suppressed.Lines == 0 ? null : TimeSpan.FromTicks(Math.Max(0, (period - time.GetElapsedTime(_start)).Ticks));

    /// <summary>Asks for one line.</summary>
    /// <param name="bytes">Its length.</param>
    /// <returns>Whether it may pass.</returns>
    public bool Pass(int bytes)
    {
        if (time.GetElapsedTime(_start) >= period)
        {
            (_start, _lines, _bytes) = (time.GetTimestamp(), 0, 0);
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

    /// <summary>Takes the report of what was suppressed, once it is due.</summary>
    /// <param name="suppressed">How much.</param>
    /// <param name="now">Whether it is due in any case: the output has ended.</param>
    public bool TryReport(out Suppressed suppressed, bool now = false)
    {
        suppressed = _suppressed;
        if (ReportDue is not { } due || (due > TimeSpan.Zero && !now))
        {
            return false;
        }

        _suppressed = default;
        return true;
    }
}

/// <summary>What did not pass.</summary>
/// <param name="Lines">How many lines.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct Suppressed(long Lines, long Bytes);
