namespace Kcl.Streams;

/// <summary>Measures for how long no shard list has contained a shard. A list may be outdated, so a single list is not enough.</summary>
/// <param name="time">The clock.</param>
internal sealed class ShardAbsence(TimeProvider time)
{
    /// <summary>
    /// The longest time for which a shard list may be outdated. A shard that no list has contained for this time does not exist.
    /// </summary>
    public static readonly TimeSpan MaxListDelay = TimeSpan.FromSeconds(5);

    private long? _since;

    /// <summary>Gets a value indicating whether it is certain that the shard does not exist.</summary>
    public bool IsProven => Length >= MaxListDelay;

    /// <summary>Gets for how long no list has contained the shard.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>Adds a list.</summary>
    /// <param name="requestedAt">The timestamp of the request. A process may be frozen between the request and the response.</param>
    /// <param name="isListed">Whether the list contains the shard.</param>
    public void Add(long requestedAt, bool isListed)
    {
        if (isListed)
        {
            Reset();
            return;
        }

        Length = _since is { } since && requestedAt > since ? time.GetElapsedTime(since, requestedAt) : TimeSpan.Zero;
        _since ??= time.GetTimestamp();
    }

    /// <summary>Resets the measurement, because the shard exists.</summary>
    public void Reset()
    {
        _since = null;
        Length = TimeSpan.Zero;
    }
}
