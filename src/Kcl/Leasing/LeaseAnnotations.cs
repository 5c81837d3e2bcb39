using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Reads and writes the private attributes of a lease. Only this class knows their names and formats.</summary>
internal static class LeaseAnnotations
{
    /// <summary>The name of the attribute with the stream to which the lease belongs: a <see cref="StreamIdentity"/>.</summary>
    public const string Stream = "kclStream";

    /// <summary>The name of the attribute with the start time of a named position: a <see cref="StoredStartTime"/>.</summary>
    public const string Start = "kclStart";

    /// <summary>
    /// Returns the stream to which a lease belongs; null if the lease names none, or names it in a form that this version does not know.
    /// </summary>
    public static StreamIdentity? StreamOf(Lease lease) =>
        lease.PrivateAttributes.TryGetValue(Stream, out var text) ? StreamIdentity.ParseOrNull(text) : null;

    /// <summary>Returns whether a lease belongs to an earlier stream of the same name than another lease.</summary>
    public static bool IsOfEarlierStream(Lease lease, Lease other) =>
        StreamOf(other) is { } stream && StreamOf(lease)?.To(stream) == StreamRelation.Earlier;

    /// <summary>Returns the stored start time of a lease; null if it has none.</summary>
    public static StoredStartTime? StartOf(Lease lease) =>
        lease.PrivateAttributes.TryGetValue(Start, out var text) ? StoredStartTime.ParseOrNull(text) : null;

    /// <summary>Returns the position of a lease's checkpoint, with its start time.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="configured">The configured start time of <c>AT_TIMESTAMP</c>; null if there is none.</param>
    public static StartPosition PositionOf(Lease lease, DateTimeOffset? configured = null) =>
        StartPosition.From(lease.Checkpoint, StartOf(lease)?.Instant, configured);

    /// <summary>Returns the private attributes of a new lease.</summary>
    /// <param name="stream">The stream; null if it is not known.</param>
    /// <param name="start">The start time of its named position; null for a position without a start time.</param>
    public static IReadOnlyDictionary<string, string> Of(StreamIdentity? stream, StoredStartTime? start)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (stream is not null)
        {
            attributes[Stream] = stream.ToString();
        }

        if (start is { } instant)
        {
            attributes[Start] = instant.ToString();
        }

        return attributes;
    }

    /// <summary>
    /// Returns the private attributes that a worker changes when it takes a lease, so that later owners start where this one starts.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="stream">The stream; null if it is not known.</param>
    /// <param name="now">A safe start time.</param>
    /// <param name="configured">The configured start time of <c>AT_TIMESTAMP</c>; null if there is none.</param>
    /// <returns>The changes; null if there are none.</returns>
    public static IReadOnlyDictionary<string, string?>? OnTake(
        Lease lease,
        StreamIdentity? stream,
        DateTimeOffset now,
        DateTimeOffset? configured)
    {
        var changes = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        if (stream is not null && !lease.PrivateAttributes.ContainsKey(Stream))
        {
            changes[Stream] = stream.ToString();
        }

        if (PositionOf(lease, configured).ResolveAt(now).Instant is { } instant && StartOf(lease) != new StoredStartTime(instant))
        {
            changes[Start] = new StoredStartTime(instant).ToString();
        }

        return changes.Count > 0 ? changes : null;
    }

    /// <summary>Returns the write that stores when a lease at <c>LATEST</c> was first found. It does not affect the owner.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">A safe start time.</param>
    /// <returns>The write; null if none is needed.</returns>
    public static LeaseWrite? Observe(Lease lease, DateTimeOffset now) =>
        !PositionOf(lease).IsLatest || lease.PrivateAttributes.ContainsKey(Start)
            ? null
            : new()
            {
                Condition = LeaseCondition.RowPresent with
                {
                    Checkpoint = lease.Checkpoint,
                    PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal)
                    {
                        [Start] = null,
                    },
                },
                Change = new LeaseUpdate
                {
                    PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal)
                    {
                        [Start] = new StoredStartTime(now, IsObserved: true).ToString(),
                    },
                },
            };

    /// <summary>
    /// Returns whether a lease must stay with its live owner, because it is at <c>LATEST</c> and only the owner knows where it started to
    /// read.
    /// </summary>
    public static bool IsTiedToItsOwner(Lease lease) =>
        PositionOf(lease).IsLatest && StartOf(lease) is null or { IsObserved: true };
}
