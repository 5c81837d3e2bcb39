namespace Kcl.Streams;

/// <summary>
/// Measures for how long every shard list has been without a shard. A list may be a moment behind the stream, so that a single list proves
/// nothing.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ShardAbsence(TimeProvider time)
{
    /// <summary>
    /// The longest time by which a shard list may be behind the stream: a shard that no list has shown for so long does not exist.
    /// </summary>
    public static readonly TimeSpan MaxListDelay = TimeSpan.FromSeconds(5);

    private long? _since;

    /// <summary>Gets a value indicating whether it is proven that the shard does not exist.</summary>
    public bool IsProven => Length >= MaxListDelay;

    /// <summary>Gets how long every list has been without the shard.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>Adds a list.</summary>
    /// <param name="requestedAt">The timestamp of the request. A process may be frozen between the request and the response.</param>
    /// <param name="isListed">Whether the list has the shard.</param>
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

    /// <summary>Starts over, because the shard exists.</summary>
    public void Reset()
    {
        _since = null;
        Length = TimeSpan.Zero;
    }
}
