namespace Kcl.LocalKinesis.Model;

/// <summary>
/// A change of a stream that is under way. Its outcome is fixed when it is requested: a later look, even after a restart, finds the same.
/// </summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="DueAt">
/// When it is due, in milliseconds since the epoch; a change of shards happens at the next whole second after that.
/// </param>
/// <param name="Shard">The shard that is split or merged.</param>
/// <param name="AdjacentShard">The other shard of a merge.</param>
/// <param name="NewStartingHashKey">The first hash key of a split's second child.</param>
/// <param name="TargetShardCount">The requested number of open shards.</param>
internal sealed record PendingChange(
    ChangeKind Kind,
    long DueAt,
    int Shard = 0,
    int AdjacentShard = 0,
    UInt128 NewStartingHashKey = default,
    int TargetShardCount = 0);
