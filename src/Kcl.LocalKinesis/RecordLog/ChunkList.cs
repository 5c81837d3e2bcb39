namespace Kcl.LocalKinesis.RecordLog;

/// <summary>The chunks of one shard's log, in order, and the searches in them. Not thread-safe: the lock of the log protects it.</summary>
internal sealed class ChunkList
{
    private const int MinChunkSize = 16 * 1024;
    private const int MaxChunkSize = 1024 * 1024;
    private readonly List<RecordChunk> _chunks = [];

    public int Count => _chunks.Count;

    public RecordChunk this[int index] => _chunks[index];

    /// <summary>Returns the last chunk if a record fits into it, otherwise a new one.</summary>
    /// <param name="size">The size of the record, in bytes.</param>
    /// <param name="end">The index of the record.</param>
    public RecordChunk GetWritable(int size, long end)
    {
        var last = Count > 0 ? _chunks[^1] : null;
        if (last is null || last.Buffer.Length - last.Length < size)
        {
            // The first chunk is small, so that many shards with few records use little memory.
            var capacity = Math.Max(size, last is null ? MinChunkSize : Math.Min(last.Buffer.Length * 4, MaxChunkSize));
            _chunks.Add(last = new(end, capacity));
        }

        return last;
    }

    /// <summary>Returns the index of the chunk that contains a record, or that follows it if the record was dropped.</summary>
    public int IndexOf(long position)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_chunks[middle].EndIndex <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Returns the time at which a record arrived, in milliseconds since the Unix epoch.</summary>
    public long ArrivedAt(long position)
    {
        var chunk = _chunks[IndexOf(position)];
        return RecordLayout.ArrivedAt(chunk.Record((int)(position - chunk.FirstIndex)));
    }

    /// <summary>Returns the index of the first record that arrived at or after a time.</summary>
    /// <param name="instant">The time, in milliseconds since the Unix epoch.</param>
    /// <param name="end">The index after the last record, which is returned if there is no such record.</param>
    public long FirstAtOrAfter(long instant, long end)
    {
        if (Count == 0)
        {
            return end;
        }

        var (low, high) = (_chunks[0].FirstIndex, end);
        if (RecordLayout.ArrivedAt(_chunks[0].Record(0)) >= instant)
        {
            return low;
        }

        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (ArrivedAt(middle) < instant)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>
    /// Drops the chunks whose records all arrived before a time, in milliseconds since the Unix epoch, and have an index below
    /// <paramref name="end"/>.
    /// </summary>
    /// <returns>True if a chunk was dropped; otherwise, false.</returns>
    public bool DropBefore(long instant, long end)
    {
        var drop = 0;
        while (drop < Count && _chunks[drop].LastArrivedAt < instant && _chunks[drop].EndIndex <= end)
        {
            drop++;
        }

        _chunks.RemoveRange(0, drop);
        return drop > 0;
    }
}
