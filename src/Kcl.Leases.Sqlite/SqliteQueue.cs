using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>
/// Runs calls one after the other on a thread of the thread pool, because SQLite blocks the calling thread. Calls that are waiting share a
/// transaction.
/// </summary>
internal sealed class SqliteQueue(LeaseFile file) : IAsyncDisposable
{
    private const int MaxCallsPerTransaction = 128;
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private SqliteSession? _session;
    private Task? _processing;

    /// <summary>Queues a call and waits for its result.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public async ValueTask<T> RunAsync<T>(Func<SqliteSession, T> call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _processing ??= Task.Run(ProcessAsync, CancellationToken.None);
        }

        var queued = new Call<T>(call, cancellationToken);
        ObjectDisposedException.ThrowIf(!_calls.Writer.TryWrite(queued), typeof(SqliteLeaseStore));
        return await queued.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Writer.TryComplete();
        Task? processing;
        lock (_gate)
        {
            processing = _processing;
        }

        if (processing is not null)
        {
            await processing.ConfigureAwait(false);
        }
    }

    private async Task ProcessAsync()
    {
        var batch = new List<Call>();
        while (await _calls.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxCallsPerTransaction && _calls.Reader.TryRead(out var call))
            {
                if (!call.IsCanceled)
                {
                    batch.Add(call);
                }
            }

            RunBatch(batch);
            batch.Clear();
        }

        _session?.Dispose();
    }

    private void RunBatch(List<Call> batch)
    {
        var hasFailedStatement = false;
        try
        {
            _session ??= file.Open();
            if (batch.Count > 1)
            {
                _session.Execute("BEGIN IMMEDIATE");
            }

            foreach (var call in batch)
            {
                hasFailedStatement |= !TryRun(call, _session);
            }

            if (batch.Count > 1)
            {
                _session.Execute("COMMIT");
            }
        }
#pragma warning disable CA1031 // The callers receive the failure, and the queue continues.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure = exception is SqliteException sqlite ? file.Translate(sqlite) : exception;
            batch.ForEach(call => call.Fail(failure));

            // A new connection has no unfinished transaction, and opens the new file if the file was replaced.
            CloseSession();
            return;
        }

        if (hasFailedStatement)
        {
            // A new connection creates the table if it was removed.
            CloseSession();
        }

        batch.ForEach(static call => call.Complete());
    }

    // The calls share the transaction. A failure that does not end the transaction fails only its own call.
    private bool TryRun(Call call, SqliteSession session)
    {
        try
        {
            call.Run(session);
        }
        catch (SqliteException exception) when (LeaseFile.IsFailureOfStatement(exception))
        {
            call.Failure = file.Translate(exception);
            return false;
        }
#pragma warning disable CA1031 // The caller receives the failure.
        catch (Exception exception) when (exception is not SqliteException)
#pragma warning restore CA1031
        {
            call.Failure = exception;
        }

        return true;
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    private abstract class Call
    {
        /// <summary>Gets or sets the failure of this call alone; null if it has none.</summary>
        public Exception? Failure { get; set; }

        public abstract bool IsCanceled { get; }

        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Call<T>(Func<SqliteSession, T> run, CancellationToken cancellationToken) : Call
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _value = default!;

        public Task<T> Result => _result.Task;

        public override bool IsCanceled => cancellationToken.IsCancellationRequested;

        public override void Run(SqliteSession session) => _value = run(session);

        public override void Complete()
        {
            if (Failure is { } failure)
            {
                Fail(failure);
            }
            else
            {
                _result.TrySetResult(_value);
            }
        }

        public override void Fail(Exception exception)
        {
            if (_result.TrySetException(Failure ?? exception))
            {
                _ = _result.Task.Exception; // marks the exception as observed, because the caller may no longer wait
            }
        }
    }
}
