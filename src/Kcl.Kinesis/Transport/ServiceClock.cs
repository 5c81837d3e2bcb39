namespace Kcl.Kinesis.Transport;

/// <summary>The service's time, estimated from the <c>Date</c> headers of its answers. Safe for concurrent use.</summary>
/// <remarks>
/// The header has whole seconds and was written before the answer arrived: the estimate is late by up to a second and the time of the way,
/// never early.
/// </remarks>
internal sealed class ServiceClock(TimeProvider time)
{
    // A header costs a little to parse, and the record path has many answers: one in a while is enough, since a monotonic clock fills the
    // time between.
    private static readonly TimeSpan BetweenObservations = TimeSpan.FromSeconds(10);
    private Observation? _last;

    /// <summary>The service's present time, or somewhat earlier; null while it is not known.</summary>
    public DateTimeOffset? Estimate => Volatile.Read(ref _last) is { } last ? last.Date + time.GetElapsedTime(last.ReceivedAt) : null;

    /// <summary>Takes note of an answer.</summary>
    /// <param name="response">The answer, of whatever status.</param>
    public void Observe(HttpResponseMessage response)
    {
        var now = time.GetTimestamp();
        if (Volatile.Read(ref _last) is { } last && time.GetElapsedTime(last.ReceivedAt, now) < BetweenObservations)
        {
            return;
        }

        if (response.Headers.Date is { } date)
        {
            Volatile.Write(ref _last, new(date, now));
        }
    }

    private sealed record Observation(DateTimeOffset Date, long ReceivedAt);
}
