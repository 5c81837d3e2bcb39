using Kcl.Consuming;
using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>Settles what an answer says about the shard's end, whichever way it came; where the answer leaves it open, the shard list decides.</summary>
internal static class ShardEnd
{
    /// <param name="coordination">Has the shard list.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="goesOn">Whether the answer names a place to go on from.</param>
    /// <param name="childShards">The children it names.</param>
    /// <param name="cancellationToken">Abandons the look at the list.</param>
    /// <returns>Anything but <see cref="ResponseVerdict.MayHaveEnded"/>, and the children: the list's, where it decided that the shard has ended.</returns>
    public static async ValueTask<(ResponseVerdict Verdict, IReadOnlyList<ChildShard> Children)> JudgeAsync(
        IShardCoordination coordination, ShardId shardId, bool goesOn, IReadOnlyList<ChildShard> childShards, CancellationToken cancellationToken)
    {
        var verdict = ShardEndRules.Judge(goesOn, childShards);
        if (verdict != ResponseVerdict.MayHaveEnded)
        {
            return (verdict, childShards);
        }

        var listing = await coordination.LookUpShardAsync(shardId, cancellationToken).ConfigureAwait(false);
        return ShardEndRules.AfterLastAnswer(listing.Exists, listing.IsOpen) == EndVerdict.Ended
            ? (ResponseVerdict.Ended, listing.Children)
            : (ResponseVerdict.Invalid, childShards);
    }
}
