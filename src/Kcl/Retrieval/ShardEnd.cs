using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>
/// Settles whether a shard has ended, whichever way its records come. Where an answer leaves it open, the shard list decides. Used by one
/// task.
/// </summary>
/// <param name="coordination">Has the shard list.</param>
/// <param name="shardId">The shard.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardEnd(IShardCoordination coordination, ShardId shardId, TimeProvider time)
{
    private readonly ShardAbsence _absence = new(time);

    /// <summary>Settles what an answer says about the shard's end.</summary>
    /// <param name="goesOn">Whether the answer names a place to go on from.</param>
    /// <param name="childShards">The children it names.</param>
    /// <param name="cancellationToken">Abandons the look at the list.</param>
    /// <returns>
    /// Anything but <see cref="ResponseVerdict.MayHaveEnded"/>, and the children: the list's, where it decided that the shard has ended.
    /// </returns>
    public async ValueTask<(ResponseVerdict Verdict, IReadOnlyList<ChildShard> Children)> JudgeAsync(bool goesOn, IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var verdict = ShardEndRules.Judge(goesOn, childShards);
        if (verdict != ResponseVerdict.MayHaveEnded)
        {
            _absence.End();
            return (verdict, childShards);
        }

        var listing = await LookUpAsync(cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterLastAnswer(listing.Exists, listing.IsOpen, _absence.Length) == ShardEndDecision.Ended
            ? (ResponseVerdict.Ended, listing.Children)
            : (ResponseVerdict.Invalid, childShards);
    }

    /// <summary>Settles what follows when the service does not find what it was asked for.</summary>
    /// <param name="start">What was asked for.</param>
    /// <param name="cancellationToken">Abandons the look at the list.</param>
    /// <returns>What follows, and what the list says.</returns>
    public async ValueTask<(ShardEndDecision Verdict, ShardListing Listing)> AfterNotFoundAsync(StartingPosition start, CancellationToken cancellationToken)
    {
        coordination.SuspectStream();
        var listing = await LookUpAsync(cancellationToken).ConfigureAwait(false);
        return (ShardEndRules.AfterNotFound(listing.Exists, listing.IsOpen, _absence.Length, start.Type), listing);
    }

    /// <summary>Settles what follows when the service refuses a position as invalid.</summary>
    /// <param name="start">The position.</param>
    /// <param name="cancellationToken">Abandons the look at the list.</param>
    public async ValueTask<ShardEndDecision> AfterRefusalAsync(StartingPosition start, CancellationToken cancellationToken)
    {
        coordination.SuspectStream();
        if (start.SequenceNumber is null)
        {
            return ShardEndDecision.ReadOn;
        }

        var listing = await LookUpAsync(cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterRefusal(start, listing.StartingSequenceNumber);
    }

    private async ValueTask<ShardListing> LookUpAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var listing = await coordination.LookUpShardAsync(shardId, cancellationToken).ConfigureAwait(false);
        _absence.Note(asked, listing.Exists);
        return listing;
    }
}
