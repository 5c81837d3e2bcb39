namespace Kcl.Integration.Tests;

/// <summary>
/// Waits for conditions in other processes. They send no notification, so the condition is checked repeatedly until a deadline.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">A description of the condition.</param>
    /// <param name="condition">Returns whether the condition holds.</param>
    /// <param name="timeout">The maximum time to wait.</param>
    /// <param name="evidence">Returns additional text for the message of a failure.</param>
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
