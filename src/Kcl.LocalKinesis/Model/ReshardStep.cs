namespace Kcl.LocalKinesis.Model;

/// <summary>One step of resharding: a shard is split, or two neighbors are merged.</summary>
/// <param name="Shard">The index of the shard.</param>
/// <param name="SplitAt">The first hash key of the second child; null for a merge.</param>
/// <param name="MergeWith">The index of the other shard of a merge.</param>
internal readonly record struct ReshardStep(int Shard, UInt128? SplitAt, int? MergeWith);
