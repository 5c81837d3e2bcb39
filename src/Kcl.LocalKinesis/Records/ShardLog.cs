namespace Kcl.LocalKinesis.Records;

/// <summary>What a log needs to know of the shard it belongs to.</summary>
internal interface IShardWindow
{
    /// <summary>The time, in milliseconds since the epoch; never earlier than any it returned before.</summary>
    long Now { get; }

    /// <summary>The second the shard was created.</summary>
    long CreateSecond(int shardIndex);

    /// <summary>The first millisecond at which the shard takes no more records.</summary>
    long RoutedUntil(int shardIndex);
}

/// <summary>
/// The records of one shard, in order. Appending and planning a read take the lock for moments; the bytes themselves are read without it.
/// Records count from 1, and a record's number is its index in its sequence number: a position needs no search.
/// </summary>
internal sealed class ShardLog(IShardWindow window, int shardIndex, bool durable)
{
    private const int SmallestChunk = 16 * 1024;
    private const int LargestChunk = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly List<RecordChunk> _chunks = [];
    private TaskCompletionSource? _changed;
    private long _end = 1; // the index after the last record
    private long _readable = 1; // the index after the last record that may be shown: in a durable log those that are saved
    private long _lastArrivedAt = long.MinValue;

    /// <summary>The shard's index within its stream.</summary>
    public int ShardIndex => shardIndex;

    /// <summary>Appends a record.</summary>
    /// <param name="key">The partition key, as UTF-8; empty for none.</param>
    /// <param name="data">The payload.</param>
    /// <param name="sequenceNumber">Receives the 56 digits.</param>
    /// <returns>False if the shard takes no more records: its children do.</returns>
    public bool TryAppend(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> sequenceNumber)
    {
        TaskCompletionSource? changed = null;
        lock (_lock)
        {
            // Read under the lock: whoever was told that the shard has ended was told so under it, and later.
            var now = window.Now;
            if (now >= window.RoutedUntil(shardIndex))
            {
                return false;
            }

            var created = window.CreateSecond(shardIndex);
            var size = RecordLayout.SizeOf(key.Length, data.Length);
            var chunk = Writable(size);
            var target = chunk.Reserve(size);
            RecordLayout.Write(target, new(created, (uint)shardIndex, (ulong)_end, Math.Max(now / 1000, created)), now, key, data);
            RecordLayout.SequenceNumber(target).CopyTo(sequenceNumber);
            chunk.Commit(size);
            _end++;
            _lastArrivedAt = now;
            if (!durable)
            {
                _readable = _end;
                (changed, _changed) = (_changed, null);
            }
        }

        changed?.TrySetResult();
        return true;
    }

    /// <summary>Takes records in from the disk, as they were written there.</summary>
    /// <returns>What is wrong with them; null if they are whole and continue what is there.</returns>
    public string? TryLoad(long firstIndex, ReadOnlySpan<byte> records)
    {
        lock (_lock)
        {
            if (_chunks.Count == 0)
            {
                _end = firstIndex;
            }

            if (firstIndex != _end)
            {
                return $"do not follow the one before them, which is number {_end - 1}";
            }

            while (records.Length > 0)
            {
                var length = RecordLayout.LengthOf(records);
                if (length < 0)
                {
                    return $"are not whole: number {_end} is damaged";
                }

                var chunk = Writable(length);
                records[..length].CopyTo(chunk.Reserve(length));
                chunk.Commit(length);
                _lastArrivedAt = RecordLayout.ArrivedAt(records);
                records = records[length..];
                _end++;
            }

            _readable = _end;
            return null;
        }
    }

    /// <summary>When the last record arrived, in milliseconds since the epoch.</summary>
    public long LastArrivedAt
    {
        get
        {
            lock (_lock)
            {
                return _lastArrivedAt;
            }
        }
    }

    /// <summary>Where a log goes on whose records have all been dropped.</summary>
    public void ContinueAt(long index)
    {
        lock (_lock)
        {
            _end = _readable = Math.Max(_end, index);
        }
    }

    /// <summary>The index after the last record that can be read.</summary>
    public long Latest
    {
        get
        {
            lock (_lock)
            {
                return _readable;
            }
        }
    }

    /// <summary>The index of the first record that arrived at or after an instant.</summary>
    public long FirstAtOrAfter(long instant)
    {
        lock (_lock)
        {
            return Math.Min(_readable, FirstAtOrAfter_NeedsLock(instant));
        }
    }

    /// <summary>Drops records that arrived before an instant, in whole chunks.</summary>
    /// <returns>The index of the first record still held, where something was dropped; else 0.</returns>
    public long Trim(long horizon)
    {
        lock (_lock)
        {
            var drop = 0;
            while (drop < _chunks.Count && _chunks[drop].LastArrivedAt < horizon && _chunks[drop].EndIndex <= _readable)
            {
                drop++;
            }

            if (drop == 0)
            {
                return 0;
            }

            _chunks.RemoveRange(0, drop);
            return _chunks.Count == 0 ? _end : _chunks[0].FirstIndex;
        }
    }

    /// <summary>Plans a read.</summary>
    /// <param name="position">The index of the first record wanted.</param>
    /// <param name="limit">The most records.</param>
    /// <param name="mostBytes">The most bytes of keys and payloads; one record is returned whatever its size.</param>
    /// <param name="horizon">Records that arrived before this instant are gone.</param>
    /// <param name="ended">Whether the shard has no more records and will take none.</param>
    public ReadPlan Read(long position, int limit, long mostBytes, long horizon, out bool ended)
    {
        lock (_lock)
        {
            position = Math.Max(position, Math.Min(FirstAtOrAfter_NeedsLock(horizon), _readable));
            var runs = new List<RecordRun>();
            var count = 0;
            long payload = 0, encoded = 0;
            for (var at = ChunkOf(position); at < _chunks.Count && count < limit && position < _readable; at++)
            {
                var chunk = _chunks[at];
                var first = (int)(position - chunk.FirstIndex);
                var most = (int)Math.Min(Math.Min(chunk.EndIndex, _readable) - position, limit - count);
                var taken = Fitting(chunk, first, most, mostBytes - payload);
                if (taken == 0 && count == 0)
                {
                    taken = 1;
                }

                if (taken == 0)
                {
                    break;
                }

                var (start, end) = (chunk.OffsetOf(first), chunk.OffsetOf(first + taken));
                runs.Add(new(chunk.Buffer.AsMemory(start, end - start), taken));
                encoded += end - start;
                payload += chunk.PayloadOf(first, taken);
                count += taken;
                position += taken;
                if (taken < most)
                {
                    break;
                }
            }

            ended = position >= _end && window.Now >= window.RoutedUntil(shardIndex);
            return new(runs, count, payload, encoded, position, ArrivalAt_NeedsLock(position));
        }
    }

    /// <summary>Completes when there is something new to read, or a shard's end to notice. Ask before reading, so that nothing is missed in between.</summary>
    public Task Changed()
    {
        lock (_lock)
        {
            return (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The records that aren't saved yet, and the index of the first of them.</summary>
    /// <param name="end">The index after the last of them.</param>
    public (long FirstIndex, IReadOnlyList<RecordRun> Runs) Unsaved(out long end)
    {
        lock (_lock)
        {
            var runs = new List<RecordRun>();
            for (var at = ChunkOf(_readable); at < _chunks.Count; at++)
            {
                var chunk = _chunks[at];
                var first = (int)Math.Max(0, _readable - chunk.FirstIndex);
                var start = chunk.OffsetOf(first);
                if (chunk.Count > first)
                {
                    runs.Add(new(chunk.Buffer.AsMemory(start, chunk.Length - start), chunk.Count - first));
                }
            }

            end = _end;
            return (_readable, runs);
        }
    }

    /// <summary>Lets readers see the records before an index: they are saved.</summary>
    public void Saved(long end)
    {
        lock (_lock)
        {
            _readable = Math.Max(_readable, end);
        }

        Pulse();
    }

    /// <summary>Wakes whoever waits for <see cref="Changed"/>.</summary>
    public void Pulse()
    {
        TaskCompletionSource? changed;
        lock (_lock)
        {
            (changed, _changed) = (_changed, null);
        }

        changed?.TrySetResult();
    }

    private static int Fitting(RecordChunk chunk, int first, int most, long mostPayload)
    {
        // Payloads grow with the ordinals: the last one whose records still fit is found by halving.
        if (chunk.PayloadOf(first, most) <= mostPayload)
        {
            return most;
        }

        var (low, high) = (0, most);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (chunk.PayloadOf(first, middle) <= mostPayload)
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

    private RecordChunk Writable(int size)
    {
        var last = _chunks.Count > 0 ? _chunks[^1] : null;
        if (last is null || last.Buffer.Length - last.Length < size)
        {
            // Small at first, so that many quiet shards cost little.
            var capacity = Math.Max(size, last is null ? SmallestChunk : Math.Min(last.Buffer.Length * 4, LargestChunk));
            _chunks.Add(last = new(_end, capacity));
        }

        return last;
    }

    private int ChunkOf(long position)
    {
        var (low, high) = (0, _chunks.Count);
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

    private long? ArrivalAt_NeedsLock(long position)
    {
        if (position >= _readable)
        {
            return null;
        }

        var chunk = _chunks[ChunkOf(position)];
        return RecordLayout.ArrivedAt(chunk.Record((int)(position - chunk.FirstIndex)));
    }

    private long FirstAtOrAfter_NeedsLock(long instant)
    {
        if (_chunks.Count == 0)
        {
            return _end;
        }

        var (low, high) = (_chunks[0].FirstIndex, _end);
        if (RecordLayout.ArrivedAt(_chunks[0].Record(0)) >= instant)
        {
            return low;
        }

        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var chunk = _chunks[ChunkOf(middle)];
            if (RecordLayout.ArrivedAt(chunk.Record((int)(middle - chunk.FirstIndex))) < instant)
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
}
