namespace Kcl.LocalKinesis.RecordLog;

/// <summary>
/// Consecutive records of one shard in one buffer. A chunk only grows, under the lock of its log. Bytes that were written never change, so
/// readers need no lock.
/// </summary>
/// <param name="firstIndex">The index of the first record.</param>
/// <param name="capacity">The size of the buffer, in bytes.</param>
internal sealed class RecordChunk(long firstIndex, int capacity)
{
    private int[] _offsets = new int[16];

    // The number of records without a partition key before each record; null while all records have one.
    private int[]? _keyless;
    private int _keylessCount;

    /// <summary>Gets the index of the first record.</summary>
    public long FirstIndex { get; } = firstIndex;

    /// <summary>Gets the buffer with the records, one after the other.</summary>
    public byte[] Buffer { get; } = new byte[capacity];

    /// <summary>Gets the number of bytes used in the buffer.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the index after the last record.</summary>
    public long EndIndex => FirstIndex + Count;

    /// <summary>Gets the time at which the last record arrived, in milliseconds since the Unix epoch.</summary>
    public long LastArrivedAt => Count == 0 ? long.MinValue : RecordLayout.ArrivedAt(Record(Count - 1));

    /// <summary>Returns the space for one more record; empty if the record does not fit.</summary>
    public Span<byte> Reserve(int size) => Buffer.Length - Length >= size ? Buffer.AsSpan(Length, size) : [];

    /// <summary>Adds the record that was written into the space that <see cref="Reserve"/> returned.</summary>
    public void Commit(int size)
    {
        if (Count == _offsets.Length)
        {
            // Readers that still use the old array find all records that they need in it.
            var larger = new int[_offsets.Length * 2];
            _offsets.CopyTo(larger, 0);
            _offsets = larger;
            if (_keyless is not null)
            {
                Array.Resize(ref _keyless, larger.Length);
            }
        }

        var hasKey = RecordLayout.HasKey(Buffer.AsSpan(Length));
        if (!hasKey)
        {
            _keyless ??= new int[_offsets.Length];
        }

        if (_keyless is not null)
        {
            _keyless[Count] = _keylessCount;
            _keylessCount += hasKey ? 0 : 1;
        }

        _offsets[Count] = Length;
        Length += size;
        Count++;
    }

    /// <summary>Returns the size of the keys and payloads of consecutive records, in bytes.</summary>
    public long PayloadOf(int first, int count)
    {
        var keyed = count - (KeylessBefore(first + count) - KeylessBefore(first));
        var overhead = ((long)count * RecordLayout.Overhead) + ((long)keyed * RecordLayout.KeyOverhead);
        return OffsetOf(first + count) - OffsetOf(first) - overhead;
    }

    /// <summary>Returns the number of consecutive records whose keys and payloads fit into a size.</summary>
    /// <param name="first">The first record to count, as a position within the chunk.</param>
    /// <param name="max">The maximum number of records.</param>
    /// <param name="maxPayload">The size, in bytes.</param>
    public int CountFitting(int first, int max, long maxPayload)
    {
        if (PayloadOf(first, max) <= maxPayload)
        {
            return max;
        }

        // The size grows with the number of records: a binary search finds the largest number that fits.
        var (low, high) = (0, max);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (PayloadOf(first, middle) <= maxPayload)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>Returns where a record of the chunk begins; the chunk's length for the record after the last one.</summary>
    public int OffsetOf(int ordinal) => ordinal < Count ? _offsets[ordinal] : Length;

    /// <summary>Returns a record of the chunk.</summary>
    public ReadOnlySpan<byte> Record(int ordinal) => Buffer.AsSpan(_offsets[ordinal], OffsetOf(ordinal + 1) - _offsets[ordinal]);

    private int KeylessBefore(int ordinal)
    {
        if (_keyless is null)
        {
            return 0;
        }

        return ordinal < Count ? _keyless[ordinal] : _keylessCount;
    }
}
