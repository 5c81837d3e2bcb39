namespace Kcl.Integration.Tests;

/// <summary>Waits for conditions of other processes, which nobody announces: looks again and again until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What is waited for, in words.</param>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="evidence">What a failure shows besides.</param>
    public static async Task TrueAsync(
        string what,
        Func<bool> condition,
        TimeSpan timeout,
        Func<string> evidence,
        CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                throw new TimeoutException($"Waited {timeout} in vain for: {what}.\n{evidence()}");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
