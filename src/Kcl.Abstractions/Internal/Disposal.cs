namespace Kcl.Internal;

/// <summary>Disposes objects whose static type does not show whether they are disposable.</summary>
internal static class Disposal
{
    /// <summary>Disposes an object, asynchronously if possible; does nothing if it is not disposable.</summary>
    /// <param name="instance">The object.</param>
    public static async ValueTask DisposeIfDisposableAsync(object? instance)
    {
        switch (instance)
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
