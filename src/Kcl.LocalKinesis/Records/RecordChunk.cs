namespace Kcl.LocalKinesis.Records;

/// <summary>A run of records of one shard in one buffer. It only ever grows, under its log's lock; what was written is never changed, so readers need no lock.</summary>
internal sealed class RecordChunk(long firstIndex, int capacity)
{
    private int[] _offsets = new int[16];

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
        }

        _offsets[Count] = Length;
        Length += size;
        Count++;
    }

    /// <summary>Where record number <paramref name="ordinal"/> of the chunk begins; the chunk's length for the one after the last.</summary>
    public int OffsetOf(int ordinal) => ordinal < Count ? _offsets[ordinal] : Length;

    /// <summary>Record number <paramref name="ordinal"/> of the chunk.</summary>
    public ReadOnlySpan<byte> Record(int ordinal) => Buffer.AsSpan(_offsets[ordinal], OffsetOf(ordinal + 1) - _offsets[ordinal]);
}
