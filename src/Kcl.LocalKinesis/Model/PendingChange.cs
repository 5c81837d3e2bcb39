namespace Kcl.LocalKinesis.Model;

/// <summary>
/// A pending change of a stream. Its result is determined when it is requested, and is the same whenever it is computed, even after a
/// restart.
/// </summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="DueAt">
/// The time at which it is due, in milliseconds since the Unix epoch. A change of shards happens at the next whole second after that.
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
