using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A bounded queue of log entries and the one thread that writes them, in order. Adding an entry never throws and never waits for the log.
/// </summary>
/// <remarks>
/// What does not fit is counted, and the count is written after the entries that were queued before it, as soon as the log takes entries
/// again. A failed write costs its entry, which is counted too. The thread is the queue's own, not the pool's: a write may block for ever.
/// It starts with the first entry and ends when there has been none for a while, so that a queue nobody uses any more can be collected.
/// </remarks>
/// <typeparam name="T">The entries.</typeparam>
/// <param name="name">The name of the thread.</param>
/// <param name="sink">Where entries are written.</param>
/// <param name="limits">How much the queue holds.</param>
/// <param name="time">The clock that dates losses.</param>
/// <param name="pauseAfterFailure">
/// How long writing rests after a failure. Zero for a sink of which one entry may fail and the next succeed: the count of lost entries then
/// waits for the next success.
/// </param>
/// <param name="idleBeforeEnd">How long the thread waits for an entry before it ends; null for ten seconds.</param>
internal sealed class LogQueue<T>(
    string name, ILogSink<T> sink, LogQueueLimits limits, TimeProvider time, TimeSpan pauseAfterFailure, TimeSpan? idleBeforeEnd = null)
{
    private readonly TimeSpan _idleBeforeEnd = idleBeforeEnd ?? TimeSpan.FromSeconds(10);

    // A monitor, since the writer waits for it with a limit. It is held for a few instructions only, never during a write.
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

    /// <summary>Gets whether something is queued or being written.</summary>
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

    // Called with the gate held. A count of lost entries that cannot be written yet does not matter.
    private bool IsWritten => _done == _added && (_waiting || !_running) && IsEmpty;

    private bool IsEmpty => _entries.Count == 0 && (_lost is null || _failing);

    /// <summary>Decides whether there is room before an entry is made. An entry that is refused counts as lost.</summary>
    /// <param name="level">The level of the entry.</param>
    public bool Refuses(LogLevel level)
    {
        lock (_gate)
        {
            if (limits.Admit(level, _entries.Count, _bytes, 0))
            {
                return false;
            }

            Lose(level, failure: null);
        }

        EnsureWriter();
        return true;
    }

    /// <summary>Adds an entry, or counts it as lost if there is no room for it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="level">Its level.</param>
    /// <param name="size">How much memory it takes, in bytes.</param>
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
                Lose(level, failure: null);
            }
        }

        EnsureWriter();
    }

    /// <summary>Waits until everything that was added before is written.</summary>
    /// <param name="limit">
    /// The longest wait. It applies once: a log that still stands where the last wait gave up is not waited for again.
    /// </param>
    /// <returns>True if everything is written.</returns>
    public bool Flush(TimeSpan limit)
    {
        return WhenWritten() is { } written && (written.Wait(limit) || GiveUp());
    }

    /// <inheritdoc cref="Flush" />
    /// <param name="limit">The longest wait.</param>
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
            // The system has no thread left. The next entry asks again.
            lock (_gate)
            {
                _running = false;
            }
        }
    }

    private void Run()
    {
        while (Next(out var entry, out var level, out var lost))
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
#pragma warning disable CA1031 // Whatever a log throws costs entries and nothing else.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = Describe(exception);
            }

            Done(level, lost, failure);
        }
    }

    /// <summary>Waits for something to write.</summary>
    /// <returns>False if nothing came for a while: the thread ends.</returns>
    private bool Next(out T entry, out LogLevel level, out LostLogEntries? lost)
    {
        (entry, level, lost) = (default!, default, null);
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

    private void Done(LogLevel level, LostLogEntries? lost, string? failure)
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
                Lose(level, failure);
            }
            else
            {
                _lost = lost.And(_lost);
            }

            if (pauseAfterFailure > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, pauseAfterFailure);
                _failing = false;
            }
        }
    }

    private void Lose(LogLevel level, string? failure)
    {
        // Reported where they are missing: after the entries that were queued when the first of them was lost.
        _lostAfter = _lost is null ? (failure is null ? _added : _done) : _lostAfter;
        _lost = LostLogEntries.Add(_lost, level, time.GetUtcNow(), failure);
    }

    private void CompleteFlushes() => _flushes.RemoveAll(flush => flush.Target <= _done && flush.Reached.TrySetResult());

    private static string Describe(Exception exception)
    {
        // A logger factory with several providers collects what they threw.
        var cause = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
        try
        {
            return $"{cause.GetType().Name}: {cause.Message}";
        }
#pragma warning disable CA1031 // The message of a stranger's exception may throw as well.
        catch (Exception)
#pragma warning restore CA1031
        {
            return cause.GetType().Name;
        }
    }
}
