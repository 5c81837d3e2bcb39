namespace Kcl.Kinesis.Transport;

/// <summary>Estimates the service's time from the <c>Date</c> headers of its responses. Safe for concurrent use.</summary>
/// <remarks>
/// The header has whole seconds and was written before the response arrived. The estimate is therefore behind the clock of the service by
/// up to a second plus the network delay, and never ahead of it.
/// </remarks>
internal sealed class ServiceClock(TimeProvider time)
{
    // Parsing a header takes time, and the record path has many responses. A monotonic clock measures the time between observations.
    private static readonly TimeSpan BetweenObservations = TimeSpan.FromSeconds(10);
    private Observation? _last;

    /// <summary>Gets the current time of the service, or a slightly earlier time; null until a response has been observed.</summary>
    public DateTimeOffset? Estimate =>
        Volatile.Read(ref _last) is { } last ? last.Date + time.GetElapsedTime(last.ReceivedAt) : null;

    /// <summary>Observes a response.</summary>
    /// <param name="response">The response, of any status.</param>
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
