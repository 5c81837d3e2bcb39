using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>What becomes of a lease that is made one of a stream.</summary>
internal enum AdoptionVerdict
{
    /// <summary>It is one of the stream already.</summary>
    Leave,

    /// <summary>The stream is noted; the checkpoint stays, and so does the owner.</summary>
    Note,

    /// <summary>The stream is noted, and the shard starts over at its oldest record.</summary>
    StartOver,

    /// <summary>The stream has no such shard: the lease is removed.</summary>
    Remove,
}

/// <summary>Decides what becomes of leases that are made those of a stream. Pure.</summary>
internal static class LeaseAdoption
{
    /// <summary>Decides.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="shard">The lease's shard; null where the stream does not have it.</param>
    /// <param name="othersAreOfAnother">Whether other leases of the application are known to be of another stream.</param>
    public static AdoptionVerdict Judge(Lease lease, StreamIdentity stream, Shard? shard, bool othersAreOfAnother)
    {
        var origin = LeaseOrigins.Judge(lease, stream, shard);
        var names = LeaseAnnotations.StreamOf(lease)?.To(stream);
        var kept = names == StreamRelation.Same ? AdoptionVerdict.Leave : AdoptionVerdict.Note;
        if (origin is LeaseOrigin.Unknown && lease.Checkpoint.IsShardEnd && othersAreOfAnother)
        {
            // Nothing says in which stream the shard was finished. To read it again is the safe side.
            return shard is null ? AdoptionVerdict.Remove : AdoptionVerdict.StartOver;
        }

        if (shard is null)
        {
            return origin is LeaseOrigin.Unknown || (origin is LeaseOrigin.Current && names is StreamRelation.Same) ? kept : AdoptionVerdict.Remove;
        }

        if (shard.IsOpen && lease.Checkpoint.IsShardEnd)
        {
            return AdoptionVerdict.StartOver;
        }

        return origin switch
        {
            LeaseOrigin.Current or LeaseOrigin.Unknown => kept,

            // A named position can be meant for this stream. A number cannot: streams that were created in the same second have the same
            // numbers.
            LeaseOrigin.Foreign when !lease.Checkpoint.IsNumber && !lease.Checkpoint.IsShardEnd => kept,
            _ => AdoptionVerdict.StartOver,
        };
    }

    /// <summary>Whether a lease is known to be of another stream than the one that adopts it.</summary>
    public static bool IsOfAnother(Lease lease, StreamIdentity stream, Shard? shard) =>
        LeaseOrigins.Judge(lease, stream, shard) is LeaseOrigin.Earlier or LeaseOrigin.Contradicted or LeaseOrigin.Foreign;

    /// <summary>
    /// The write of a lease whose stream is noted. Where it was of another stream, what its position means there is forgotten, and it gets
    /// the parents and hash keys of the present shard.
    /// </summary>
    public static LeaseWrite Note(Lease lease, StreamIdentity stream, Shard? shard)
    {
        var isOfAnother = LeaseAnnotations.StreamOf(lease) is not null;
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = stream.ToString() };
        if (isOfAnother)
        {
            changes[LeaseAnnotations.Start] = null;
        }

        return LeaseWrite.Describe(new() { PrivateAttributes = changes, HashKeyRange = shard?.HashKeyRange, ParentShardIds = isOfAnother ? shard?.Parents : null });
    }
}
