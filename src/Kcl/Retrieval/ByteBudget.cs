namespace Kcl.Retrieval;

/// <summary>Limits the bytes that all shards of a worker together may have read and not yet processed.</summary>
/// <remarks>
/// A shard with nothing buffered is always granted one response: otherwise the stuck processor of one shard could stop the others. Other
/// requests are granted in order, as far as they fit. A request that does not fit does not block later ones.
/// </remarks>
/// <param name="capacity">The number of bytes; at least 1.</param>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Account> _waiting = [];
    private long _held;
    private int _accounts;

    /// <summary>Gets the number of bytes.</summary>
    public long Capacity { get; } = capacity;

    /// <summary>Gets the bytes that all shards have reserved.</summary>
    public long Held
    {
        get { lock (_gate) { return _held; } }
    }

    /// <summary>Gets the bytes that each shard would have if they were shared equally.</summary>
    public long FairShare
    {
        get { lock (_gate) { return Capacity / Math.Max(1, _accounts); } }
    }

    /// <summary>Opens one shard's account. Dispose it after its reservations.</summary>
    public Account Open() => new(this);

    /// <summary>One shard's part in the budget. Only one reservation may be requested at a time.</summary>
    internal sealed class Account : IDisposable
    {
        private readonly ByteBudget _budget;
        private TaskCompletionSource? _granted;
        private long _wanted;
        private long _held;
        private bool _disposed;

        public Account(ByteBudget budget)
        {
            _budget = budget;
            lock (budget._gate)
            {
                budget._accounts++;
            }
        }

        /// <summary>Waits until the bytes may be read.</summary>
        /// <param name="bytes">The expected size of the response; corrected by <see cref="Reservation.Correct"/>.</param>
        /// <param name="cancellationToken">Cancels the request.</param>
        public ValueTask<Reservation> ReserveAsync(long bytes, CancellationToken cancellationToken)
        {
            lock (_budget._gate)
            {
                if (_granted is not null)
                {
                    throw new InvalidOperationException("A shard reserves one response at a time.");
                }

                if (_held == 0 || _budget._held + bytes <= _budget.Capacity)
                {
                    Take_NeedsLock(bytes);
                    return new(new Reservation(this, bytes));
                }

                _wanted = bytes;
                _granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _budget._waiting.AddLast(this);
                return WaitAsync(_granted.Task, bytes, cancellationToken);
            }
        }

        public void Dispose()
        {
            lock (_budget._gate)
            {
                if (!_disposed)
                {
                    _disposed = true;
                    _budget._accounts--;
                }
            }
        }

        private async ValueTask<Reservation> WaitAsync(Task granted, long bytes, CancellationToken cancellationToken)
        {
            try
            {
                await granted.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                lock (_budget._gate)
                {
                    if (granted.IsCompleted)
                    {
                        Give_NeedsLock(bytes); // granted at the same time, but not used
                    }
                    else
                    {
                        _budget._waiting.Remove(this);
                        _granted = null;
                    }
                }

                throw;
            }

            return new Reservation(this, bytes);
        }

        private void Take_NeedsLock(long bytes)
        {
            _held += bytes;
            _budget._held += bytes;
        }

        private void Give_NeedsLock(long bytes)
        {
            _held -= bytes;
            _budget._held -= bytes;
            if (_held == 0 && _granted is not null)
            {
                _budget._waiting.Remove(this);
                Granted_NeedsLock();
            }

            _budget.Grant_NeedsLock();
        }

        private void Granted_NeedsLock()
        {
            Take_NeedsLock(_wanted);
            var granted = _granted!;
            _granted = null;
            granted.SetResult(); // continuations run elsewhere
        }

        /// <summary>Bytes that one shard may hold. Disposing it returns them.</summary>
        internal sealed class Reservation(Account account, long bytes) : IDisposable
        {
            private long _bytes = bytes;

            /// <summary>Replaces the expected size by the real one.</summary>
            /// <param name="actual">The size of the response.</param>
            public void Correct(long actual)
            {
                lock (account._budget._gate)
                {
                    var difference = actual - _bytes;
                    _bytes = actual;
                    if (difference > 0)
                    {
                        account.Take_NeedsLock(difference);
                    }
                    else if (difference < 0)
                    {
                        account.Give_NeedsLock(-difference);
                    }
                }
            }

            public void Dispose() => Correct(0);
        }

        internal bool TryGrant_NeedsLock()
        {
            if (_budget._held + _wanted > _budget.Capacity)
            {
                return false;
            }

            Granted_NeedsLock();
            return true;
        }
    }

    private void Grant_NeedsLock()
    {
        for (var node = _waiting.First; node is not null && _held < Capacity;)
        {
            var next = node.Next;
            if (node.Value.TryGrant_NeedsLock())
            {
                _waiting.Remove(node);
            }

            node = next;
        }
    }
}
