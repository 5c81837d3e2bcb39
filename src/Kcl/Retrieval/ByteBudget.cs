namespace Kcl.Retrieval;

/// <summary>Limits the number of bytes that all shards of a worker together have read but not yet processed.</summary>
/// <remarks>
/// A shard with nothing buffered is always granted one response. Otherwise, a processor that does not return could stop the other shards.
/// Other requests are granted in order if they fit. A request that does not fit does not block later ones.
/// </remarks>
/// <param name="capacity">The limit, in bytes; at least 1.</param>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Account> _waiting = [];
    private long _held;
    private int _accounts;

    /// <summary>Gets the limit, in bytes.</summary>
    public long Capacity { get; } = capacity;

    /// <summary>Gets the number of bytes that all shards have reserved.</summary>
    public long Held
    {
        get { lock (_gate) { return _held; } }
    }

    /// <summary>Gets the number of bytes that each shard would have if the budget were shared equally.</summary>
    public long FairShare
    {
        get { lock (_gate) { return Capacity / Math.Max(1, _accounts); } }
    }

    /// <summary>Opens the account of one shard. Dispose it after its reservations.</summary>
    public Account Open() => new(this);

    /// <summary>The account of one shard in the budget. Only one reservation may be requested at a time.</summary>
    internal sealed class Account : IDisposable
    {
        private readonly ByteBudget _budget;
        private TaskCompletionSource? _granted;
        private long _requestedBytes;
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

        /// <summary>Waits until the bytes may be read, and reserves them.</summary>
        /// <param name="bytes">The expected size of the response, in bytes. <see cref="Reservation.Correct"/> corrects it.</param>
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
                    Reserve_NeedsLock(bytes);
                    return new(new Reservation(this, bytes));
                }

                _requestedBytes = bytes;
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
                        Return_NeedsLock(bytes); // granted at the same time, but not used
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

        private void Reserve_NeedsLock(long bytes)
        {
            _held += bytes;
            _budget._held += bytes;
        }

        private void Return_NeedsLock(long bytes)
        {
            _held -= bytes;
            _budget._held -= bytes;
            if (_held == 0 && _granted is not null)
            {
                _budget._waiting.Remove(this);
                CompleteGrant_NeedsLock();
            }

            _budget.Grant_NeedsLock();
        }

        private void CompleteGrant_NeedsLock()
        {
            Reserve_NeedsLock(_requestedBytes);
            var granted = _granted!;
            _granted = null;
            granted.SetResult(); // continuations run elsewhere
        }

        /// <summary>The bytes that one shard has reserved. Disposing the reservation returns them.</summary>
        internal sealed class Reservation(Account account, long bytes) : IDisposable
        {
            private long _bytes = bytes;

            /// <summary>Replaces the expected size with the actual one.</summary>
            /// <param name="actual">The size of the response, in bytes.</param>
            public void Correct(long actual)
            {
                lock (account._budget._gate)
                {
                    var difference = actual - _bytes;
                    _bytes = actual;
                    if (difference > 0)
                    {
                        account.Reserve_NeedsLock(difference);
                    }
                    else if (difference < 0)
                    {
                        account.Return_NeedsLock(-difference);
                    }
                }
            }

            public void Dispose() => Correct(0);
        }

        internal bool TryGrant_NeedsLock()
        {
            if (_budget._held + _requestedBytes > _budget.Capacity)
            {
                return false;
            }

            CompleteGrant_NeedsLock();
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
