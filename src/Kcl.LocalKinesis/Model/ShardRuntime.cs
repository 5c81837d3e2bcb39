using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>The mutable state of a shard.</summary>
/// <param name="Log">Its records.</param>
/// <param name="Throughput">The limits of its throughput; null if throughput is not limited.</param>
internal sealed record ShardRuntime(ShardLog Log, Throughput? Throughput);
