namespace Kcl.LocalKinesis.RecordLog;

/// <summary>
/// The records of one shard, in order. Appending a record and planning a read hold the lock briefly; the bytes are read without the lock.
/// Records are counted from 1, and the number of a record is the index in its sequence number, so a position is found without a search. All
/// times are in milliseconds since the Unix epoch.
/// </summary>
/// <param name="window">Provides the facts about the shard that the log needs.</param>
/// <param name="shardIndex">The shard's index within its stream.</param>
/// <param name="durable">True if records become visible to readers only after they were saved.</param>
internal sealed class ShardLog(IShardWindow window, int shardIndex, bool durable)
{
    private readonly Lock _lock = new();
    private readonly ChunkList _chunks = new();
    private TaskCompletionSource? _changed;

    // The index after the last record.
    private long _end = 1;

    // The index after the last record that is visible to readers: in a durable log, the last record that was saved.
    private long _readable = 1;
    private long _lastArrivedAt = long.MinValue;

    /// <summary>Gets the shard's index within its stream.</summary>
    public int ShardIndex => shardIndex;

    /// <summary>Gets the time at which the last record arrived, in milliseconds since the Unix epoch.</summary>
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

    /// <summary>Gets the index after the last record that can be read.</summary>
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

    /// <summary>Appends a record.</summary>
    /// <param name="key">The partition key, as UTF-8; empty for none.</param>
    /// <param name="data">The payload.</param>
    /// <param name="sequenceNumber">Receives the 56 digits.</param>
    /// <returns>True if the record was appended; false if the shard has ended, so that its children accept the record.</returns>
    public bool TryAppend(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> sequenceNumber)
    {
        TaskCompletionSource? changed = null;
        lock (_lock)
        {
            // The time is read under the lock, so that no record is appended after a reader has seen the end of the shard.
            var now = window.Now;
            if (now >= window.RoutedUntil(shardIndex))
            {
                return false;
            }

            var created = window.CreateSecond(shardIndex);
            var size = RecordLayout.SizeOf(key.Length, data.Length);
            var chunk = _chunks.GetWritable(size, _end);
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

    /// <summary>Adds records that were read from the file.</summary>
    /// <returns>
    /// The problem with the records, as the end of a sentence; null if they are complete and follow those that are already loaded.
    /// </returns>
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

                var chunk = _chunks.GetWritable(length, _end);
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

    /// <summary>Sets the index of the next record of a log whose records have all been dropped.</summary>
    public void ContinueAt(long index)
    {
        lock (_lock)
        {
            _end = _readable = Math.Max(_end, index);
        }
    }

    /// <summary>Returns the index of the first record that arrived at or after a time.</summary>
    public long FirstAtOrAfter(long instant)
    {
        lock (_lock)
        {
            return Math.Min(_readable, _chunks.FirstAtOrAfter(instant, _end));
        }
    }

    /// <summary>Drops records that arrived before a time, in whole chunks.</summary>
    /// <returns>The index of the first record still held if any was dropped; otherwise 0.</returns>
    public long Trim(long horizon)
    {
        lock (_lock)
        {
            if (!_chunks.DropBefore(horizon, _readable))
            {
                return 0;
            }

            return _chunks.Count == 0 ? _end : _chunks[0].FirstIndex;
        }
    }

    /// <summary>Plans a read.</summary>
    /// <param name="position">The index of the first record to return.</param>
    /// <param name="maxRecords">The maximum number of records.</param>
    /// <param name="maxBytes">The maximum size of keys and payloads, in bytes; the first record is returned regardless of its size.</param>
    /// <param name="horizon">Records that arrived before this time are not returned.</param>
    /// <param name="ended">True if the shard has no more records and accepts none.</param>
    public ReadPlan Read(long position, int maxRecords, long maxBytes, long horizon, out bool ended)
    {
        lock (_lock)
        {
            position = Math.Max(position, Math.Min(_chunks.FirstAtOrAfter(horizon, _end), _readable));
            var runs = new List<RecordRun>();
            var count = 0;
            long payload = 0, encoded = 0;
            for (var at = _chunks.IndexOf(position); at < _chunks.Count && count < maxRecords && position < _readable; at++)
            {
                var chunk = _chunks[at];
                var first = (int)(position - chunk.FirstIndex);
                var available = (int)Math.Min(Math.Min(chunk.EndIndex, _readable) - position, maxRecords - count);
                var taken = chunk.CountFitting(first, available, maxBytes - payload);
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
                if (taken < available)
                {
                    break;
                }
            }

            ended = position >= _end && window.Now >= window.RoutedUntil(shardIndex);
            return new(runs, count, payload, encoded, position, position < _readable ? _chunks.ArrivedAt(position) : null);
        }
    }

    /// <summary>
    /// Returns a task that completes when there may be new records, or the shard may have ended. Call it before a read, so that no change
    /// after the read is missed.
    /// </summary>
    public Task WaitForChangeAsync()
    {
        lock (_lock)
        {
            return (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Returns the records that are not saved yet, and the index of the first of them.</summary>
    /// <param name="end">The index after the last of them.</param>
    public (long FirstIndex, IReadOnlyList<RecordRun> Runs) GetUnsaved(out long end)
    {
        lock (_lock)
        {
            var runs = new List<RecordRun>();
            for (var at = _chunks.IndexOf(_readable); at < _chunks.Count; at++)
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

    /// <summary>Makes the records before an index visible to readers, because they were saved.</summary>
    public void OnSaved(long end)
    {
        lock (_lock)
        {
            _readable = Math.Max(_readable, end);
        }

        NotifyChanged();
    }

    /// <summary>Completes the task of <see cref="WaitForChangeAsync"/>.</summary>
    public void NotifyChanged()
    {
        TaskCompletionSource? changed;
        lock (_lock)
        {
            (changed, _changed) = (_changed, null);
        }

        changed?.TrySetResult();
    }
}
