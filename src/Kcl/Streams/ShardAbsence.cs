namespace Kcl.Streams;

/// <summary>
/// Measures for how long every shard list has been without a shard. Lists may be a moment behind, so that one of them proves nothing.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ShardAbsence(TimeProvider time)
{
    /// <summary>How far a shard list may be behind the stream: a shard that no list has shown for so long does not exist.</summary>
    public static readonly TimeSpan LongestDelayOfLists = TimeSpan.FromSeconds(5);

    private long? _since;

    /// <summary>Whether the shard does not exist.</summary>
    public bool IsProven => Length >= LongestDelayOfLists;

    /// <summary>For how long every list has been without the shard.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>Notes a list.</summary>
    /// <param name="asked">When it was asked for. A process may be frozen between the question and the answer.</param>
    /// <param name="isListed">Whether the list has the shard.</param>
    public void Note(long asked, bool isListed)
    {
        if (isListed)
        {
            End();
            return;
        }

        Length = _since is { } since && asked > since ? time.GetElapsedTime(since, asked) : TimeSpan.Zero;
        _since ??= time.GetTimestamp();
    }

    /// <summary>Notes that the shard exists.</summary>
    public void End()
    {
        _since = null;
        Length = TimeSpan.Zero;
    }
}
