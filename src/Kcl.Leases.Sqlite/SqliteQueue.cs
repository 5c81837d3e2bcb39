using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>
/// Runs calls one after another on a thread of the pool, as many as wait in one transaction: SQLite blocks its caller, and a thread for
/// each shard would be too many.
/// </summary>
internal sealed class SqliteQueue(LeaseFile file) : IAsyncDisposable
{
    private const int MostInOneTransaction = 128;
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private SqliteSession? _session;
    private Task? _pump;

    /// <summary>Queues a call and waits for its result.</summary>
    public async ValueTask<T> RunAsync<T>(Func<SqliteSession, T> call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _pump ??= Task.Run(PumpAsync, CancellationToken.None);
        }

        var queued = new Call<T>(call, cancellationToken);
        ObjectDisposedException.ThrowIf(!_calls.Writer.TryWrite(queued), typeof(SqliteLeaseStore));
        return await queued.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Writer.TryComplete();
        Task? pump;
        lock (_gate)
        {
            pump = _pump;
        }

        if (pump is not null)
        {
            await pump.ConfigureAwait(false);
        }
    }

    private async Task PumpAsync()
    {
        var batch = new List<Call>();
        while (await _calls.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MostInOneTransaction && _calls.Reader.TryRead(out var call))
            {
                if (!call.IsAbandoned)
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
        try
        {
            _session ??= file.Open();
            if (batch.Count > 1)
            {
                _session.Execute("BEGIN IMMEDIATE");
            }

            foreach (var call in batch)
            {
                call.Run(_session);
            }

            if (batch.Count > 1)
            {
                _session.Execute("COMMIT");
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers; the queue goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var told = exception is SqliteException failure ? file.Explain(failure) : exception;
            batch.ForEach(call => call.Fail(told));

            // A fresh connection has no transaction half done, and finds the file again if it was replaced.
            _session?.Dispose();
            _session = null;
            return;
        }

        batch.ForEach(static call => call.Complete());
    }

    private abstract class Call
    {
        public abstract bool IsAbandoned { get; }

        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Call<T>(Func<SqliteSession, T> run, CancellationToken cancellationToken) : Call
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _value = default!;
        private KclException? _refusal;

        public Task<T> Result => _result.Task;

        public override bool IsAbandoned => cancellationToken.IsCancellationRequested;

        // What a call itself refuses, for example a row that cannot be read, is no failure of the transaction it shares with others.
        public override void Run(SqliteSession session)
        {
            try
            {
                _value = run(session);
            }
            catch (KclException exception)
            {
                _refusal = exception;
            }
        }

        public override void Complete()
        {
            if (_refusal is { } refusal)
            {
                Fail(refusal);
            }
            else
            {
                _result.TrySetResult(_value);
            }
        }

        public override void Fail(Exception exception)
        {
            if (_result.TrySetException(exception))
            {
                _ = _result.Task.Exception; // observed here: the caller may have stopped waiting
            }
        }
    }
}
