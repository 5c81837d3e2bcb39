using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>
/// What the leases tell about the application's past: whether it has got anywhere, and since when it has been looking at the stream. Pure.
/// </summary>
/// <param name="HasProgressed">Whether a shard was finished or checkpointed at a record.</param>
/// <param name="LookedAt">The instant at which the application first looked at the stream; null where no lease says.</param>
/// <param name="StartsOver">
/// Whether there are leases of an earlier stream of the same name: all of the present one is new to the application.
/// </param>
internal sealed record ApplicationHistory(bool HasProgressed, DateTimeOffset? LookedAt, bool StartsOver)
{
    /// <summary>Reads the history from the leases.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="stream">The present stream.</param>
    public static ApplicationHistory Of(IReadOnlyList<Lease> leases, StreamIdentity stream)
    {
        DateTimeOffset? created = null, observed = null;
        bool hasProgressed = false, startsOver = false;
        foreach (var lease in leases)
        {
            if (LeaseAnnotations.StreamOf(lease)?.To(stream) == StreamRelation.Earlier)
            {
                startsOver = true;
                continue;
            }

            hasProgressed |= lease.Checkpoint.IsNumber || lease.Checkpoint.IsShardEnd;
            if (LeaseAnnotations.StartOf(lease) is { IsObserved: false } start)
            {
                created = Earlier(created, start.Instant);
            }
            else if (LeaseAnnotations.StartOf(lease) is { } seen)
            {
                observed = Earlier(observed, seen.Instant);
            }
        }

        return new(hasProgressed, created ?? observed, startsOver);
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;
}
