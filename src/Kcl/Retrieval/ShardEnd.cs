using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Retrieval;

/// <summary>
/// Determines whether a shard has ended, for every retrieval method. The shard list decides if a response does not show it. Used by one
/// task.
/// </summary>
/// <param name="directory">Provides the shard list.</param>
/// <param name="shard">The shard.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardEnd(IShardDirectory directory, ShardRef shard, TimeProvider time)
{
    private readonly ShardAbsence _absence = new(time);
    private bool _notFoundButListed;

    /// <summary>Evaluates what a response means for the end of the shard.</summary>
    /// <param name="hasMore">Whether the response contains a position from which to continue.</param>
    /// <param name="childShards">The child shards that the response names.</param>
    /// <param name="cancellationToken">Cancels the request for the list.</param>
    /// <returns>
    /// A decision other than <see cref="ResponseDecision.MayHaveEnded"/>, and the child shards: those of the list if it decided that the
    /// shard has ended.
    /// </returns>
    public ValueTask<(ResponseDecision Decision, IReadOnlyList<ChildShard> Children)> EvaluateAsync(
        bool hasMore, IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var decision = ShardEndRules.Evaluate(hasMore, childShards);
        if (decision == ResponseDecision.MayHaveEnded)
        {
            return CheckListAsync(childShards, cancellationToken);
        }

        _absence.Reset();
        _notFoundButListed &= decision == ResponseDecision.Invalid;
        return new((decision, childShards));
    }

    /// <summary>Decides what to do if the service does not find what was requested.</summary>
    /// <param name="start">The requested position.</param>
    /// <param name="isAmbiguous">Whether the reader's own registration may be what does not exist.</param>
    /// <param name="cancellationToken">Cancels the request for the list.</param>
    /// <returns>The decision, and what the list shows.</returns>
    public async ValueTask<(ShardEndDecision Decision, ShardListing Listing)> AfterNotFoundAsync(
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

    /// <summary>Decides what to do if the service refuses a position as invalid.</summary>
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

    private async ValueTask<(ResponseDecision Decision, IReadOnlyList<ChildShard> Children)> CheckListAsync(
        IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var listing = await FindAsync(cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterLastResponse(listing.Exists, listing.IsOpen, _absence.Length) == ShardEndDecision.Ended
            ? (ResponseDecision.Ended, listing.Children)
            : (ResponseDecision.Invalid, childShards);
    }

    private async ValueTask<ShardListing> FindAsync(CancellationToken cancellationToken)
    {
        var requestedAt = time.GetTimestamp();
        var listing = await directory.FindAsync(shard, cancellationToken).ConfigureAwait(false);
        _absence.Add(requestedAt, listing.Exists);
        return listing;
    }
}
