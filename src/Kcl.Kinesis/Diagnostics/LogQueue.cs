using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A bounded queue of log entries, with one thread that writes them in order. Adding an entry never throws and never waits for the log.
/// </summary>
/// <remarks>
/// Entries that do not fit are counted. The count is written after the entries that were queued before them, as soon as the log accepts
/// entries again. An entry that cannot be written is lost and counted too. The thread does not belong to the thread pool, because a write
/// may block without limit. It starts with the first entry and ends after a period without entries, so that an unused queue can be
/// garbage-collected.
/// </remarks>
/// <typeparam name="T">The type of the entries.</typeparam>
/// <param name="name">The name of the thread.</param>
/// <param name="sink">The destination of the entries.</param>
/// <param name="limits">The capacity of the queue.</param>
/// <param name="time">The clock that timestamps lost entries.</param>
/// <param name="pauseAfterFailure">
/// The pause after a failed write. Zero for a sink whose failures affect only single entries: the count of lost entries is then written
/// after the next successful write.
/// </param>
/// <param name="idleBeforeEnd">The time that the thread waits for an entry before it ends; null for 10 seconds.</param>
internal sealed class LogQueue<T>(
    string name, ILogSink<T> sink, LogQueueLimits limits, TimeProvider time, TimeSpan pauseAfterFailure, TimeSpan? idleBeforeEnd = null)
{
    private readonly TimeSpan _idleBeforeEnd = idleBeforeEnd ?? TimeSpan.FromSeconds(10);

    // An object instead of a Lock, because the writer waits on it with a timeout. It is held for a few instructions, never during a write.
    private readonly object _gate = new();
    private readonly Queue<(T Entry, LogLevel Level, int Size)> _entries = new();
    private readonly List<(long Target, TaskCompletionSource Reached)> _flushes = [];
    private long _bytes;
    private long _added;
    private long _done;
    private LostLogEntries? _lost;
    private long _lostAfter;
    private long? _stalledAt;
    private bool _failing;
    private bool _running;
    private bool _waiting;

    /// <summary>Gets a value indicating whether an entry is queued or being written.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return !IsWritten;
            }
        }
    }

    // The caller holds the gate. A count of lost entries that cannot be written yet is ignored.
    private bool IsWritten => _done == _added && (_waiting || !_running) && IsEmpty;

    private bool IsEmpty => _entries.Count == 0 && (_lost is null || _failing);

    /// <summary>Checks for space before the caller creates an entry. If there is none, the entry is counted as lost.</summary>
    /// <param name="level">The level of the entry.</param>
    /// <returns>True if the queue is full for entries of this level; otherwise, false.</returns>
    public bool RejectIfFull(LogLevel level)
    {
        lock (_gate)
        {
            if (limits.Admit(level, _entries.Count, _bytes, 0))
            {
                return false;
            }

            CountLost(level, failure: null);
        }

        EnsureWriter();
        return true;
    }

    /// <summary>Adds an entry, or counts it as lost if the queue is full.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="level">Its level.</param>
    /// <param name="size">Its size in memory, in bytes.</param>
    public void Add(T entry, LogLevel level, int size)
    {
        lock (_gate)
        {
            if (limits.Admit(level, _entries.Count, _bytes, size))
            {
                _entries.Enqueue((entry, level, size));
                _bytes += size;
                _added++;
            }
            else
            {
                CountLost(level, failure: null);
            }
        }

        EnsureWriter();
    }

    /// <summary>Waits until all entries that were added before the call are written.</summary>
    /// <param name="limit">
    /// The maximum time to wait. If a wait has ended without success and nothing was written since then, the method returns immediately.
    /// </param>
    /// <returns>True if these entries are written; otherwise, false.</returns>
    public bool Flush(TimeSpan limit) => WhenWritten() is { } written && (written.Wait(limit) || GiveUp());

    /// <inheritdoc cref="Flush" />
    /// <param name="limit">The maximum time to wait.</param>
    /// <param name="clock">The clock that measures it.</param>
    public async ValueTask<bool> FlushAsync(TimeSpan limit, TimeProvider clock)
    {
        if (WhenWritten() is not { } written)
        {
            return false;
        }

        if (!written.IsCompleted)
        {
            await written.WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return written.IsCompleted || GiveUp();
    }

    private Task? WhenWritten()
    {
        lock (_gate)
        {
            if (IsWritten)
            {
                return Task.CompletedTask;
            }

            if (_stalledAt == _done)
            {
                return null;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add((_added, reached));
            return reached.Task;
        }
    }

    private bool GiveUp()
    {
        lock (_gate)
        {
            _stalledAt = _done;
            return false;
        }
    }

    private void EnsureWriter()
    {
        lock (_gate)
        {
            if (_waiting)
            {
                _waiting = false;
                Monitor.Pulse(_gate);
            }

            if (_running)
            {
                return;
            }

            _running = true;
        }

        try
        {
            new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The system cannot start another thread. The next entry tries again.
            lock (_gate)
            {
                _running = false;
            }
        }
    }

    private void Run()
    {
        while (WaitForNext(out var entry, out var level, out var lost))
        {
            string? failure = null;
            try
            {
                if (lost is null)
                {
                    sink.Write(entry);
                }
                else
                {
                    sink.WriteLost(lost);
                }
            }
#pragma warning disable CA1031 // An exception of the log may only cause the loss of entries.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = LogFailure.Describe(exception);
            }

            Complete(level, lost, failure);
        }
    }

    /// <summary>Waits for an entry or a count of lost entries to write.</summary>
    /// <returns>True if there is one; false if there was none for a while and the thread must end.</returns>
    private bool WaitForNext(out T entry, out LogLevel level, out LostLogEntries? lost)
    {
        entry = default!;
        level = default;
        lost = null;
        lock (_gate)
        {
            while (true)
            {
                if (_lost is not null && _done >= _lostAfter && !_failing)
                {
                    (lost, _lost) = (_lost, null);
                    return true;
                }

                CompleteFlushes();
                if (_entries.TryDequeue(out var next))
                {
                    (entry, level) = (next.Entry, next.Level);
                    _bytes -= next.Size;
                    return true;
                }

                _waiting = true;
                var woken = Monitor.Wait(_gate, _idleBeforeEnd);
                _waiting = false;
                if (!woken && IsEmpty)
                {
                    _running = false;
                    return false;
                }
            }
        }
    }

    private void Complete(LogLevel level, LostLogEntries? lost, string? failure)
    {
        lock (_gate)
        {
            if (lost is null)
            {
                _done++;
            }

            _failing = failure is not null;
            if (failure is null)
            {
                return;
            }

            if (lost is null)
            {
                CountLost(level, failure);
            }
            else
            {
                _lost = lost.Combine(_lost);
            }

            if (pauseAfterFailure > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, pauseAfterFailure);
                _failing = false;
            }
        }
    }

    private void CountLost(LogLevel level, string? failure)
    {
        // The count is written at the place of the missing entries: after those that were queued when the first one was lost.
        _lostAfter = _lost is null ? (failure is null ? _added : _done) : _lostAfter;
        _lost = LostLogEntries.Add(_lost, level, time.GetUtcNow(), failure);
    }

    private void CompleteFlushes() => _flushes.RemoveAll(flush => flush.Target <= _done && flush.Reached.TrySetResult());
}
