using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>The application's past, as its leases show it: whether it has made progress, and since when it reads the stream.</summary>
/// <param name="HasProgressed">Whether a shard was finished or checkpointed at a record.</param>
/// <param name="ObservedSince">The safe start time at which the application first described the stream; null if no lease stores it.</param>
/// <param name="HasEarlierStream">
/// Whether there are leases of an earlier stream of the same name. Every record of the current stream is then new to the application.
/// </param>
internal sealed record ApplicationHistory(bool HasProgressed, DateTimeOffset? ObservedSince, bool HasEarlierStream)
{
    /// <summary>Gets the history of an application that has no leases.</summary>
    public static ApplicationHistory None { get; } = new(HasProgressed: false, ObservedSince: null, HasEarlierStream: false);

    /// <summary>Determines the history from the leases.</summary>
    /// <param name="leases">The listing of the table.</param>
    /// <param name="stream">The current stream.</param>
    public static ApplicationHistory Of(IReadOnlyList<Lease> leases, StreamIdentity stream)
    {
        DateTimeOffset? created = null, observed = null;
        bool hasProgressed = false, hasEarlierStream = false;
        foreach (var lease in leases)
        {
            if (LeaseReview.NamesEarlierStream(lease, stream))
            {
                hasEarlierStream = true;
                continue;
            }

            hasProgressed |= lease.Checkpoint.IsNumber || lease.Checkpoint.IsShardEnd;
            if (LeaseAnnotations.StartOf(lease) is not { } start)
            {
                continue;
            }

            if (start.IsObserved)
            {
                observed = Earlier(observed, start.Instant);
            }
            else
            {
                created = Earlier(created, start.Instant);
            }
        }

        return new(hasProgressed, created ?? observed, hasEarlierStream);
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;
}
