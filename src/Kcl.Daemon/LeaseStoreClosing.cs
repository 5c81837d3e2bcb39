using Kcl.Leasing;

namespace Kcl.Daemon;

/// <summary>Closes a lease store of whatever kind: what there is to close differs, and the interface does not ask for it.</summary>
internal static class LeaseStoreClosing
{
    public static async ValueTask CloseAsync(ILeaseStore store)
    {
        switch (store)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
