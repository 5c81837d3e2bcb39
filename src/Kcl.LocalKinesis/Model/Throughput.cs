namespace Kcl.LocalKinesis.Model;

/// <summary>
/// The permitted throughput of one shard: 5 reads and 2 MiB a second out, 1000 records and 1 MiB a second in (the service's documentation
/// of GetRecords and PutRecords), multiplied by a factor. All times are in milliseconds since the Unix epoch.
/// </summary>
/// <param name="factor">The factor.</param>
/// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
internal sealed class Throughput(double factor, long now)
{
    private const double ReadsPerSecond = 5;
    private const double ReadBytesPerSecond = 2 * 1024 * 1024;
    private const double RecordsPerSecond = 1000;
    private const double WriteBytesPerSecond = 1024 * 1024;
    private const double WriteBurst = 10 * 1024 * 1024; // the size of the largest record
    private readonly Lock _lock = new();
    private Allowance _reads = Allowance.Full(ReadsPerSecond * factor, now);
    private Allowance _readBytes = Allowance.Full(ReadBytesPerSecond * factor, now);
    private Allowance _records = Allowance.Full(RecordsPerSecond * factor, now);
    private Allowance _writeBytes = Allowance.Full(WriteBurst * Math.Max(1, factor), now);
    private long _readsBlockedUntil;

    /// <summary>Takes the allowance for one read if it is available.</summary>
    public bool TryRead(long now)
    {
        lock (_lock)
        {
            var perSecond = ReadsPerSecond * factor;
            return now >= _readsBlockedUntil && _reads.TryTake(1, perSecond, Math.Max(1, perSecond), now, out _reads);
        }
    }

    /// <summary>
    /// Counts what a read returned. A response above the allowance blocks later reads for the time that its size requires: 5 seconds for 10
    /// MiB.
    /// </summary>
    public void RecordRead(long bytes, long now)
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

    /// <summary>Takes the allowance for writing one record if it is available.</summary>
    public bool TryWrite(long bytes, long now)
    {
        lock (_lock)
        {
            var perSecond = RecordsPerSecond * factor;
            var burst = WriteBurst * Math.Max(1, factor);
            if (!_records.TryTake(1, perSecond, Math.Max(1, perSecond), now, out var records)
                || !_writeBytes.TryTake(bytes, WriteBytesPerSecond * factor, burst, now, out _writeBytes))
            {
                return false;
            }

            // The record counts only if its bytes are allowed too.
            _records = records;
            return true;
        }
    }
}
