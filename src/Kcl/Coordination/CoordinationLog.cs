using Kcl.Kinesis;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Coordination;

/// <summary>The log messages of the coordination: event ids from 1100 to 1199. An id or a name, once shipped, is never reused.</summary>
internal static partial class CoordinationLog
{
    public const string Category = "Kcl.Coordination";

    [LoggerMessage(
        1100,
        LogLevel.Information,
        "Worker {WorkerId} of application {Application} starts on stream {Stream}",
        EventName = "WorkerStarts")]
    public static partial void Starts(ILogger logger, WorkerId workerId, string application, StreamIdentifier stream);

    [LoggerMessage(
        1101,
        LogLevel.Warning,
        "The worker cannot start yet: {Step} failed {Failures} time(s) and will be retried",
        EventName = "StartUpWaits")]
    public static partial void StartUpWaits(ILogger logger, Exception exception, string step, int failures);

    [LoggerMessage(
        1102,
        LogLevel.Information,
        "Stream {Stream} is being created; waiting until it is active",
        EventName = "StreamIsBeingCreated")]
    public static partial void StreamIsBeingCreated(ILogger logger, StreamIdentifier stream);

    [LoggerMessage(
        1103,
        LogLevel.Information,
        "Created {Created} lease(s) for {Wanted} shard(s) without a lease",
        EventName = "LeasesCreated")]
    public static partial void LeasesCreated(ILogger logger, int created, int wanted);

    [LoggerMessage(
        1104,
        LogLevel.Information,
        "Took {Taken} lease(s); this worker owns {Mine} and should own {Target}. {Workers} worker(s) share the leases",
        EventName = "LeasesTaken")]
    public static partial void LeasesTaken(ILogger logger, int mine, int target, int workers, int taken);

    [LoggerMessage(1105, LogLevel.Information, "Stopping: {Step}", EventName = "StopStep")]
    public static partial void StopStep(ILogger logger, string step);

    [LoggerMessage(
        1106,
        LogLevel.Warning,
        "Shard(s) {Shards} did not finish within {Grace}; their tokens are canceled",
        EventName = "StopGraceOver")]
    public static partial void StopGraceOver(ILogger logger, string shards, TimeSpan grace);

    [LoggerMessage(
        1107,
        LogLevel.Error,
        "The processors of shard(s) {Shards} are still running although their tokens were canceled. Their leases are released, so these "
        + "processors can no longer checkpoint",
        EventName = "StopAbandons")]
    public static partial void StopAbandons(ILogger logger, string shards);

    [LoggerMessage(1108, LogLevel.Information, "Worker {WorkerId} stopped after {Lasted}", EventName = "WorkerStopped")]
    public static partial void Stopped(ILogger logger, WorkerId workerId, TimeSpan lasted);

    [LoggerMessage(1109, LogLevel.Information, "Shard {Shard} is finished", EventName = "ShardFinished")]
    public static partial void ShardFinished(ILogger logger, ShardId shard);

    [LoggerMessage(
        1110,
        LogLevel.Warning,
        "Released shard {Shard} so that another worker can try; this worker does not take it again for {Pause}",
        EventName = "ShardGivenUp")]
    public static partial void ShardGivenUp(ILogger logger, ShardId shard, TimeSpan pause);

    [LoggerMessage(
        1111,
        LogLevel.Error,
        "The consumer of shard {Shard} failed; its lease is released. Other shards are not affected",
        EventName = "ShardConsumerFailed")]
    public static partial void ShardConsumerFailed(ILogger logger, Exception exception, ShardId shard);

    [LoggerMessage(
        1112,
        LogLevel.Debug,
        "The shard list was read while the stream changed ({Count} shard(s) whose parents are still open); it will be read again later",
        EventName = "ShardListInconsistent")]
    public static partial void ShardListInconsistent(ILogger logger, int count);

    [LoggerMessage(1113, LogLevel.Information, "Deleted the lease of finished shard {Shard}", EventName = "LeaseCleanedUp")]
    public static partial void LeaseCleanedUp(ILogger logger, ShardId shard);

    [LoggerMessage(
        1114,
        LogLevel.Warning,
        "No lease covers the hash keys {Start} to {End}; {Times} listing(s) in a row showed this",
        EventName = "HashRangeHole")]
    public static partial void HashRangeHole(ILogger logger, UInt128 start, UInt128 end, int times);

    [LoggerMessage(
        1115,
        LogLevel.Warning,
        "The lease of shard {Shard} was restarted at TRIM_HORIZON: its checkpoint {Checkpoint} is not a position of stream {Stream}, "
        + "which was re-created under the same name",
        EventName = "StreamRecreated")]
    public static partial void StartedOver(ILogger logger, ShardId shard, ExtendedSequenceNumber checkpoint, string stream);

    [LoggerMessage(
        1116,
        LogLevel.Warning,
        "Merged shard {Child} waits: its parent {Parent} has no lease yet",
        EventName = "MissingMergeParentLease")]
    public static partial void MissingMergeParentLease(ILogger logger, ShardId child, ShardId parent);

    [LoggerMessage(
        1117,
        LogLevel.Warning,
        "The tasks of the leader (comparing shards with leases, clean-up) failed {Failures} time(s) in a row",
        EventName = "ChoresFail")]
    public static partial void ChoresFail(ILogger logger, Exception exception, int failures);

    [LoggerMessage(1118, LogLevel.Debug, "This worker leads the fleet: {Leads}", EventName = "Leads")]
    public static partial void Leads(ILogger logger, bool leads);

    [LoggerMessage(1119, LogLevel.Debug, "Waiting for the parents of shard {Shard}: {Parents}", EventName = "WaitingForParents")]
    public static partial void WaitingForParents(ILogger logger, ShardId shard, string parents);

    [LoggerMessage(1120, LogLevel.Error, "This worker takes no leases: {Found}. {Advice}", EventName = "MayNotTake")]
    public static partial void MayNotTake(ILogger logger, string found, string advice);

    [LoggerMessage(1121, LogLevel.Information, "This worker takes leases now: {Found}", EventName = "MayTakeNow")]
    public static partial void MayTakeNow(ILogger logger, string found);

    [LoggerMessage(
        1122,
        LogLevel.Warning,
        "Removed the lease of shard {Shard}: it belonged to an earlier stream, and {Stream} has no such shard",
        EventName = "EarlierLeaseRemoved")]
    public static partial void EarlierLeaseRemoved(ILogger logger, ShardId shard, string stream);

    [LoggerMessage(
        1123,
        LogLevel.Error,
        "This worker takes no more leases and stops comparing them with its stream: while it ran, they were assigned to another "
        + "stream. {Refusal}",
        EventName = "LeasesOfAnotherStream")]
    public static partial void LeasesOfAnotherStream(ILogger logger, string refusal);

    [LoggerMessage(
        1124,
        LogLevel.Error,
        "The shard of lease {Lease} is not consumed: the lease cannot be read ({Problem}). Correct the row, or remove it with "
        + "'kcl leases delete', after which a new one is created. This is logged once a minute",
        EventName = "LeaseUnreadable")]
    public static partial void LeaseUnreadable(ILogger logger, LeaseKey lease, string problem);

    [LoggerMessage(
        1125,
        LogLevel.Warning,
        "The lease of shard {Shard} was at SHARD_END, but the shard accepts records: it was restarted at TRIM_HORIZON",
        EventName = "EndTakenBack")]
    public static partial void EndTakenBack(ILogger logger, ShardId shard);

    [LoggerMessage(
        1126,
        LogLevel.Information,
        "The lease of shard {Shard} now belongs to stream {Stream}, which was re-created under the same name; its checkpoint "
        + "{Checkpoint} is a position of that stream and is kept",
        EventName = "LeaseMoved")]
    public static partial void MovedIntoStream(ILogger logger, ShardId shard, ExtendedSequenceNumber checkpoint, string stream);

    [LoggerMessage(
        1127,
        LogLevel.Error,
        "The lease table contains {Rows}. This worker reads only stream {Stream} and ignores these rows. Another application uses the same "
        + "table: give each application its own name. This is logged once a minute",
        EventName = "LeasesOfOtherStreams")]
    public static partial void LeasesOfOtherStreams(ILogger logger, string rows, StreamIdentifier stream);

    [LoggerMessage(
        1128,
        LogLevel.Warning,
        "The lease {Lease} of a parent shard cannot be read; its child shards continue to wait. This is logged once a minute",
        EventName = "ParentLeaseUnreadable")]
    public static partial void ParentLeaseUnreadable(ILogger logger, Exception exception, LeaseKey lease);
}
