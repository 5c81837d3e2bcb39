namespace Kcl.LocalKinesis.Records;

/// <summary>A run of records of one shard in one buffer. It only ever grows, under its log's lock; what was written is never changed, so readers need no lock.</summary>
internal sealed class RecordChunk(long firstIndex, int capacity)
{
    private int[] _offsets = new int[16];

    // How many of the records before each one have no partition key, which takes less; null while all have one.
    private int[]? _keyless;
    private int _keylessCount;

    /// <summary>The index of the first record.</summary>
    public long FirstIndex { get; } = firstIndex;

    /// <summary>The records, one after the other.</summary>
    public byte[] Buffer { get; } = new byte[capacity];

    /// <summary>How many bytes of the buffer are records.</summary>
    public int Length { get; private set; }

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>The index after the last record.</summary>
    public long EndIndex => FirstIndex + Count;

    /// <summary>When the last record arrived.</summary>
    public long LastArrivedAt => Count == 0 ? long.MinValue : RecordLayout.ArrivedAt(Record(Count - 1));

    /// <summary>Room for one more record, or nothing if there isn't any.</summary>
    public Span<byte> Reserve(int size) => Buffer.Length - Length >= size ? Buffer.AsSpan(Length, size) : [];

    /// <summary>Counts the record that was written where <see cref="Reserve"/> said.</summary>
    public void Commit(int size)
    {
        if (Count == _offsets.Length)
        {
            // Readers that hold the old table find in it all the records they know of.
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

    /// <summary>The bytes of the keys and payloads of consecutive records.</summary>
    public long PayloadOf(int first, int count)
    {
        var keyed = count - (KeylessBefore(first + count) - KeylessBefore(first));
        var overhead = ((long)count * RecordLayout.Overhead) + ((long)keyed * RecordLayout.KeyOverhead);
        return OffsetOf(first + count) - OffsetOf(first) - overhead;
    }

    /// <summary>Where record number <paramref name="ordinal"/> of the chunk begins; the chunk's length for the one after the last.</summary>
    public int OffsetOf(int ordinal) => ordinal < Count ? _offsets[ordinal] : Length;

    /// <summary>Record number <paramref name="ordinal"/> of the chunk.</summary>
    public ReadOnlySpan<byte> Record(int ordinal) => Buffer.AsSpan(_offsets[ordinal], OffsetOf(ordinal + 1) - _offsets[ordinal]);

    private int KeylessBefore(int ordinal) => _keyless is null ? 0 : ordinal < Count ? _keyless[ordinal] : _keylessCount;
}
