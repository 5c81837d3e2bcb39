namespace Kcl.Leasing.Holding;

/// <summary>
/// Admits one write of a lease at a time: every write requires the counter after the previous one, so of two writes at the same time one
/// would fail.
/// </summary>
#pragma warning disable CA1001 // The semaphore has no wait handle, so there is nothing to dispose; and a write may end after its lease.
internal sealed class WriteGate : IWriteGate
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    public async ValueTask EnterAsync(CancellationToken cancellationToken) =>
        await _semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);

    public void Exit() => _semaphore.Release();
}
