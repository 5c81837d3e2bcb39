using Kcl.Internal;

namespace Kcl.Leasing.Holding;

/// <summary>
/// Sends a conditional write until there is a reply. If an attempt is not answered in time, the write is sent again while the attempt is
/// still pending. The first reply counts, and the condition lets only one attempt take effect.
/// </summary>
/// <param name="services">The store and the clock.</param>
/// <param name="backoff">The delay after a failed attempt.</param>
/// <param name="attemptFailed">Called for each failed attempt that is followed by another.</param>
internal sealed class HedgedWrite(LeasingServices services, Backoff backoff, Action<KclException> attemptFailed)
{
    /// <summary>Sends a write.</summary>
    /// <param name="key">The key of the lease.</param>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Cancels all attempts; each of them may still take effect.</param>
    /// <exception cref="KclException">The last attempt failed.</exception>
    public async ValueTask<HedgedWriteResult> SendAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<(Task<LeaseWriteResult> Reply, long SentAt)>(1);
        var sent = 0;
        var wait = TimeSpan.Zero;
        try
        {
            while (true)
            {
                if (wait == TimeSpan.Zero)
                {
                    sent++;
                    var sentAt = services.Time.GetTimestamp();
                    attempts.Add((services.Store.TryWriteAsync(key, write, end.Token).AsTask(), sentAt));
                    wait = sent < LeaseTiming.MaxWriteAttempts ? services.Timing.HedgeDelay : Timeout.InfiniteTimeSpan;
                }

                if (await FirstReplyAsync(attempts, wait, end.Token).ConfigureAwait(false) is not { } answered)
                {
                    wait = TimeSpan.Zero;
                    continue;
                }

                try
                {
                    return new(await answered.Reply.ConfigureAwait(false), sent, answered.SentAt);
                }
                catch (KclException exception) when (exception.IsTransient && (sent < LeaseTiming.MaxWriteAttempts || attempts.Count > 1))
                {
                    // Pending attempts may be answered during the delay before the next one.
                    attemptFailed(exception);
                    attempts.Remove(answered);
                    wait = sent < LeaseTiming.MaxWriteAttempts ? backoff.After(sent) : Timeout.InfiniteTimeSpan;
                }
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            foreach (var (reply, _) in attempts)
            {
                // Nothing awaits the other attempts, so their exceptions must be observed here.
                _ = reply.ContinueWith(
                    static t => t.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
        }
    }

    // Null if none was answered within the wait.
    private async ValueTask<(Task<LeaseWriteResult> Reply, long SentAt)?> FirstReplyAsync(
        List<(Task<LeaseWriteResult> Reply, long SentAt)> attempts,
        TimeSpan wait,
        CancellationToken cancellationToken)
    {
        if (attempts.Count == 0)
        {
            await Task.Delay(wait, services.Time, cancellationToken).ConfigureAwait(false);
            return null;
        }

        try
        {
            var first = Task.WhenAny(attempts.Select(static a => a.Reply));
            var reply = await first.WaitAsync(wait, services.Time, cancellationToken).ConfigureAwait(false);
            return attempts.Find(a => a.Reply == reply);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
