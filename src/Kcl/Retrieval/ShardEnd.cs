using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>
/// Finds out whether a shard has ended, whichever way it is read. The shard list decides where a response leaves it open. Used by one task.
/// </summary>
/// <param name="directory">Provides the shard list.</param>
/// <param name="shard">The shard.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardEnd(IShardDirectory directory, ShardRef shard, TimeProvider time)
{
    private readonly ShardAbsence _absence = new(time);
    private bool _notFoundButListed;

    /// <summary>Evaluates what a response says about the shard's end.</summary>
    /// <param name="hasMore">Whether the response names a place to continue from.</param>
    /// <param name="childShards">The child shards that it names.</param>
    /// <param name="cancellationToken">Cancels the request for the list.</param>
    /// <returns>
    /// A verdict other than <see cref="ResponseVerdict.MayHaveEnded"/>, and the child shards: those of the list if it decided that the
    /// shard has ended.
    /// </returns>
    public ValueTask<(ResponseVerdict Verdict, IReadOnlyList<ChildShard> Children)> EvaluateAsync(
        bool hasMore, IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var verdict = ShardEndRules.Evaluate(hasMore, childShards);
        if (verdict == ResponseVerdict.MayHaveEnded)
        {
            return AskListAsync(childShards, cancellationToken);
        }

        _absence.Reset();
        _notFoundButListed &= verdict == ResponseVerdict.Invalid;
        return new((verdict, childShards));
    }

    /// <summary>Decides what follows when the service does not find what it was asked for.</summary>
    /// <param name="start">What was asked for.</param>
    /// <param name="isAmbiguous">Whether it may be the reader's own registration that does not exist.</param>
    /// <param name="cancellationToken">Cancels the request for the list.</param>
    /// <returns>What follows, and what the list says.</returns>
    public async ValueTask<(ShardEndDecision Verdict, ShardListing Listing)> AfterNotFoundAsync(
        StartingPosition start, bool isAmbiguous, CancellationToken cancellationToken)
    {
        directory.RequestStreamCheck();
        var listing = await FindAsync(cancellationToken).ConfigureAwait(false);
        var decision = ShardEndRules.AfterNotFound(listing.Exists, listing.IsOpen, _absence.Length, start.Type);
        if (isAmbiguous)
        {
            decision = ShardEndRules.AfterAmbiguousNotFound(decision, listing.Exists, _notFoundButListed);
            _notFoundButListed |= listing.Exists;
        }

        return (decision, listing);
    }

    /// <summary>Decides what follows when the service refuses a position as invalid.</summary>
    /// <param name="start">The position.</param>
    /// <param name="cancellationToken">Cancels the request for the list.</param>
    public async ValueTask<ShardEndDecision> AfterRefusalAsync(StartingPosition start, CancellationToken cancellationToken)
    {
        directory.RequestStreamCheck();
        if (start.SequenceNumber is null)
        {
            return ShardEndDecision.ReadOn;
        }

        var listing = await FindAsync(cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterRefusal(start, listing.StartingSequenceNumber);
    }

    private async ValueTask<(ResponseVerdict Verdict, IReadOnlyList<ChildShard> Children)> AskListAsync(
        IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var listing = await FindAsync(cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterLastAnswer(listing.Exists, listing.IsOpen, _absence.Length) == ShardEndDecision.Ended
            ? (ResponseVerdict.Ended, listing.Children)
            : (ResponseVerdict.Invalid, childShards);
    }

    private async ValueTask<ShardListing> FindAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var listing = await directory.FindAsync(shard, cancellationToken).ConfigureAwait(false);
        _absence.Add(asked, listing.Exists);
        return listing;
    }
}
