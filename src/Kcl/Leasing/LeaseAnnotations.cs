using Kcl.Internal;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>The private attributes of a lease, and what they mean. This is the only place that knows their names and texts.</summary>
internal static class LeaseAnnotations
{
    /// <summary>Which stream the lease belongs to: a <see cref="StreamIdentity"/>.</summary>
    public const string Stream = "kclStream";

    /// <summary>What a named position of the lease means: a <see cref="LeaseStart"/>.</summary>
    public const string Start = "kclStart";

    /// <summary>The stream the lease says it belongs to; null where it does not say, or in a form that is not known here.</summary>
    public static StreamIdentity? StreamOf(Lease lease) => lease.PrivateAttributes.TryGetValue(Stream, out var text) ? StreamIdentity.TryParse(text) : null;

    /// <summary>What the lease's named position means; null where it does not say.</summary>
    public static LeaseStart? StartOf(Lease lease) => lease.PrivateAttributes.TryGetValue(Start, out var text) ? LeaseStart.TryParse(text) : null;

    /// <summary>The private attributes of a new lease.</summary>
    /// <param name="stream">The stream; null where it is not known.</param>
    /// <param name="start">What its named position means; null for a position that needs no instant.</param>
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

    /// <summary>What a worker that takes a lease adds to it, so that its own successors start where it starts.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="stream">The stream; null where it is not known.</param>
    /// <param name="now">From which instant nothing is missed that is put from now on.</param>
    /// <param name="configured">The configured instant of <c>AT_TIMESTAMP</c>; null where there is none.</param>
    /// <returns>The changes; null where there are none.</returns>
    public static IReadOnlyDictionary<string, string?>? OnTake(Lease lease, StreamIdentity? stream, DateTimeOffset now, DateTimeOffset? configured)
    {
        var changes = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        if (stream is not null && !lease.PrivateAttributes.ContainsKey(Stream))
        {
            changes[Stream] = stream.ToString();
        }

        LeaseStart? start = lease.Checkpoint == ExtendedSequenceNumber.Latest ? new LeaseStart(StartOf(lease)?.Instant ?? now)
            : lease.Checkpoint == ExtendedSequenceNumber.AtTimestamp && (StartOf(lease)?.Instant ?? configured) is { } instant ? new LeaseStart(instant)
            : null;
        if (start is not null && start != StartOf(lease))
        {
            changes[Start] = start.Value.ToString();
        }

        return changes.Count > 0 ? changes : null;
    }

    /// <summary>Notes the instant at which a lease at <c>LATEST</c> was first seen, without touching what its owner does.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">From which instant nothing is missed that is put from now on.</param>
    /// <returns>The write; null where none is needed.</returns>
    public static LeaseWrite? Observe(Lease lease, DateTimeOffset now) =>
        lease.Checkpoint != ExtendedSequenceNumber.Latest || lease.PrivateAttributes.ContainsKey(Start)
            ? null
            : new()
            {
                Condition = LeaseCondition.RowPresent with
                {
                    Checkpoint = ExtendedSequenceNumber.Latest,
                    PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal) { [Start] = null },
                },
                Change = new LeaseUpdate
                {
                    PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal) { [Start] = new LeaseStart(now, IsObserved: true).ToString() },
                },
            };

    /// <summary>A checkpoint in a sentence: a named position with the instant that it stands for.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="instant">The instant; null where there is none.</param>
    public static string Describe(ExtendedSequenceNumber checkpoint, DateTimeOffset? instant) =>
        instant is { } start && (checkpoint == ExtendedSequenceNumber.Latest || checkpoint == ExtendedSequenceNumber.AtTimestamp)
            ? $"{checkpoint} ({Instants.ToText(start)})"
            : checkpoint.ToString();

    /// <summary>
    /// Whether a lease must stay with its live owner: it is at <c>LATEST</c>, and only the owner knows what it has been reading since when.
    /// </summary>
    public static bool IsTiedToItsOwner(Lease lease) => lease.Checkpoint == ExtendedSequenceNumber.Latest && StartOf(lease) is null or { IsObserved: true };
}
