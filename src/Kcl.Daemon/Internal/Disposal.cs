namespace Kcl.Daemon.Internal;

/// <summary>Disposes objects whose interface does not require it.</summary>
internal static class Disposal
{
    /// <summary>Disposes an object if it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</summary>
    /// <param name="value">The object.</param>
    public static ValueTask DisposeIfDisposableAsync(object value)
    {
        if (value is IAsyncDisposable asyncDisposable)
        {
            return asyncDisposable.DisposeAsync();
        }

        (value as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
