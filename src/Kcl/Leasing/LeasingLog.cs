using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>What leasing tells: 1200–1299.</summary>
internal static partial class LeasingLog
{
    [LoggerMessage(1200, LogLevel.Information, "Took lease {Lease} ({How}); checkpoint {Checkpoint}", EventName = "LeaseTaken")]
    public static partial void Taken(ILogger logger, LeaseKey lease, string how, string checkpoint);

    [LoggerMessage(1201, LogLevel.Information, "Lease {Lease} was lost: its owner is now {NewOwner}", EventName = "LeaseLostToPeer")]
    public static partial void LostToPeer(ILogger logger, LeaseKey lease, string newOwner);

    [LoggerMessage(1202, LogLevel.Warning, "The row of lease {Lease} was deleted; its shard stops here. The next comparison with the shard list makes a new row if the shard still needs one", EventName = "LeaseRowDeleted")]
    public static partial void LostRow(ILogger logger, LeaseKey lease);

    [LoggerMessage(1203, LogLevel.Warning, "Lease {Lease} could not be renewed for {Deadline}; its shard stops here before a peer may take it", EventName = "LeaseNotRenewed")]
    public static partial void LostForSilence(ILogger logger, LeaseKey lease, TimeSpan deadline);

    [LoggerMessage(1204, LogLevel.Error, "Lease {Lease} was written by another process that also calls itself {WorkerId}. Worker ids must differ between running processes: give each its own, or leave the id out for a random one", EventName = "DuplicateWorkerId")]
    public static partial void DuplicateWorkerId(ILogger logger, LeaseKey lease, WorkerId workerId);

    [LoggerMessage(1205, LogLevel.Error, "Writes of lease {Lease} keep finding their own result already there: either replies of the store are lost on the way, or another process also calls itself {WorkerId}. Worker ids must differ between running processes", EventName = "PerhapsDuplicateWorkerId")]
    public static partial void PerhapsDuplicateWorkerId(ILogger logger, LeaseKey lease, WorkerId workerId);

    [LoggerMessage(1206, LogLevel.Warning, "Writes to the lease store fail: {Leases} lease(s) wait, {Failures} call(s) failed since the last such line. Each lease is kept until {Deadline} after its last successful write", EventName = "LeaseWritesFail")]
    public static partial void WritesFail(ILogger logger, Exception exception, int leases, long failures, TimeSpan deadline);

    [LoggerMessage(1207, LogLevel.Information, "Writes to the lease store succeed again, after {Lasted}", EventName = "LeaseWritesSucceed")]
    public static partial void WritesSucceedAgain(ILogger logger, TimeSpan lasted);

    [LoggerMessage(1208, LogLevel.Debug, "Lease {Lease} was not taken: {Status}", EventName = "LeaseNotTaken")]
    public static partial void NotTaken(ILogger logger, LeaseKey lease, LeaseWriteStatus status);

    [LoggerMessage(1209, LogLevel.Information, "Released lease {Lease}; checkpoint {Checkpoint}", EventName = "LeaseReleased")]
    public static partial void Released(ILogger logger, LeaseKey lease, ExtendedSequenceNumber checkpoint);

    [LoggerMessage(1210, LogLevel.Warning, "Lease {Lease} could not be given back; peers take it {FailoverTime} after its last renewal", EventName = "LeaseNotReleased")]
    public static partial void NotReleased(ILogger logger, Exception exception, LeaseKey lease, TimeSpan failoverTime);

    [LoggerMessage(1211, LogLevel.Warning, "{Count} lease(s) have no room on any worker seen here: this worker may own {Most}", EventName = "LeaseSpillover")]
    public static partial void Spillover(ILogger logger, int count, int most);

    [LoggerMessage(1212, LogLevel.Warning, "The lease store cannot be read; {Failures} attempt(s) failed since the last such line", EventName = "LeaseListFails")]
    public static partial void ListFails(ILogger logger, Exception exception, long failures);

    [LoggerMessage(1213, LogLevel.Warning, "Taking lease {Lease} failed; looking again. Told once a minute", EventName = "TakeFailed")]
    public static partial void TakeFailed(ILogger logger, Exception exception, LeaseKey lease);
}
