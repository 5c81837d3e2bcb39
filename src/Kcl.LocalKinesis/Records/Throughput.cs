namespace Kcl.LocalKinesis.Records;

/// <summary>What is left of an allowance that refills steadily. Pure: taking returns a new value.</summary>
/// <param name="Level">What was left at <paramref name="At"/>.</param>
/// <param name="At">When that was, in milliseconds.</param>
internal readonly record struct Allowance(double Level, long At)
{
    /// <summary>A full one.</summary>
    public static Allowance Full(double capacity, long now) => new(capacity, now);

    /// <summary>Takes an amount if there is as much.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="perSecond">What comes back each second.</param>
    /// <param name="capacity">The most there can be.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="after">What is left then, whether the amount was taken or not.</param>
    public bool TryTake(double amount, double perSecond, double capacity, long now, out Allowance after)
    {
        var level = Math.Min(capacity, Level + (Math.Max(0, now - At) * perSecond / 1000));
        var ok = level >= amount;
        after = new(ok ? level - amount : level, Math.Max(now, At));
        return ok;
    }
}

/// <summary>One shard's permitted throughput: 5 reads and 2 MiB a second out, 1000 records and 1 MiB a second in, times a factor.</summary>
internal sealed class Throughput(double factor, long now)
{
    private const double ReadsPerSecond = 5;
    private const double ReadBytesPerSecond = 2 * 1024 * 1024;
    private const double RecordsPerSecond = 1000;
    private const double WriteBytesPerSecond = 1024 * 1024;
    private const double WriteBurst = 10 * 1024 * 1024; // so that the largest record can pass
    private readonly Lock _lock = new();
    private Allowance _reads = Allowance.Full(ReadsPerSecond * factor, now);
    private Allowance _readBytes = Allowance.Full(ReadBytesPerSecond * factor, now);
    private Allowance _records = Allowance.Full(RecordsPerSecond * factor, now);
    private Allowance _writeBytes = Allowance.Full(WriteBurst * Math.Max(1, factor), now);
    private long _readsBlockedUntil;

    /// <summary>Asks for one read.</summary>
    public bool TryRead(long now)
    {
        lock (_lock)
        {
            return now >= _readsBlockedUntil && _reads.TryTake(1, ReadsPerSecond * factor, Math.Max(1, ReadsPerSecond * factor), now, out _reads);
        }
    }

    /// <summary>Accounts for what a read returned. More than there was leave for is paid back by as long a silence: 5 seconds for 10 MiB.</summary>
    public void Returned(long bytes, long now)
    {
        lock (_lock)
        {
            var perSecond = ReadBytesPerSecond * factor;
            if (!_readBytes.TryTake(bytes, perSecond, perSecond, now, out _readBytes))
            {
                _readsBlockedUntil = now + (long)Math.Ceiling(bytes * 1000 / perSecond);
                _readBytes = new(0, _readsBlockedUntil);
            }
        }
    }

    /// <summary>Asks to write one record.</summary>
    public bool TryWrite(long bytes, long now)
    {
        lock (_lock)
        {
            var burst = WriteBurst * Math.Max(1, factor);
            return _records.TryTake(1, RecordsPerSecond * factor, Math.Max(1, RecordsPerSecond * factor), now, out var records)
                && _writeBytes.TryTake(bytes, WriteBytesPerSecond * factor, burst, now, out _writeBytes)
                && Keep(out _records, records);
        }
    }

    private static bool Keep(out Allowance target, Allowance value)
    {
        target = value;
        return true;
    }
}
