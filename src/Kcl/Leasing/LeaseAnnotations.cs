using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Reads and writes the private attributes of a lease. This is the only place that knows their names and texts.</summary>
internal static class LeaseAnnotations
{
    /// <summary>The name of the attribute with the stream to which the lease belongs: a <see cref="StreamIdentity"/>.</summary>
    public const string Stream = "kclStream";

    /// <summary>The name of the attribute with the meaning of a named position: a <see cref="LeaseStart"/>.</summary>
    public const string Start = "kclStart";

    /// <summary>
    /// Returns the stream to which a lease belongs; null if it does not say, or in a form that this version does not know.
    /// </summary>
    public static StreamIdentity? StreamOf(Lease lease) =>
        lease.PrivateAttributes.TryGetValue(Stream, out var text) ? StreamIdentity.TryParse(text) : null;

    /// <summary>Returns whether a lease belongs to an earlier stream of the same name than another lease does.</summary>
    public static bool IsOfEarlierStream(Lease lease, Lease other) =>
        StreamOf(other) is { } stream && StreamOf(lease)?.To(stream) == StreamRelation.Earlier;

    /// <summary>Returns the meaning of a lease's named position; null if the lease does not say.</summary>
    public static LeaseStart? StartOf(Lease lease) =>
        lease.PrivateAttributes.TryGetValue(Start, out var text) ? LeaseStart.TryParse(text) : null;

    /// <summary>Returns the position of a lease's checkpoint, with the instant that it stands for.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="configured">The configured instant of <c>AT_TIMESTAMP</c>; null if there is none.</param>
    public static StartPosition PositionOf(Lease lease, DateTimeOffset? configured = null) =>
        StartPosition.From(lease.Checkpoint, StartOf(lease)?.Instant, configured);

    /// <summary>Returns the private attributes of a new lease.</summary>
    /// <param name="stream">The stream; null if it is not known.</param>
    /// <param name="start">The meaning of its named position; null for a position that needs no instant.</param>
    public static IReadOnlyDictionary<string, string> Of(StreamIdentity? stream, LeaseStart? start)
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

    /// <summary>Returns what a worker that takes a lease adds to it, so that later owners start where this one starts.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="stream">The stream; null if it is not known.</param>
    /// <param name="now">The instant after which no record was put before now: reading from it misses nothing.</param>
    /// <param name="configured">The configured instant of <c>AT_TIMESTAMP</c>; null if there is none.</param>
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

        if (PositionOf(lease, configured).ResolvedAt(now).Instant is { } instant && StartOf(lease) != new LeaseStart(instant))
        {
            changes[Start] = new LeaseStart(instant).ToString();
        }

        return changes.Count > 0 ? changes : null;
    }

    /// <summary>Returns the write that stores when a lease at <c>LATEST</c> was first seen. It does not disturb the owner.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">The instant after which no record was put before now: reading from it misses nothing.</param>
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
                        [Start] = new LeaseStart(now, IsObserved: true).ToString(),
                    },
                },
            };

    /// <summary>
    /// Returns whether a lease must stay with its live owner: it is at <c>LATEST</c>, and only the owner knows since when it has been
    /// reading.
    /// </summary>
    public static bool IsTiedToItsOwner(Lease lease) =>
        PositionOf(lease).IsLatest && StartOf(lease) is null or { IsObserved: true };
}
