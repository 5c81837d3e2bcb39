using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>The log messages of leasing: 1200–1299.</summary>
internal static partial class LeasingLog
{
    /// <summary>Logs that a lease is no longer held, at the level of the reason. A release is logged by its caller.</summary>
    /// <param name="services">The log, and the intervals of leasing.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="self">The worker that held it.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="newOwner">The new owner, if known.</param>
    public static void Lost(LeasingServices services, LeaseKey lease, WorkerId self, LeaseLossReason reason, WorkerId? newOwner)
    {
        switch (reason)
        {
            case LeaseLossReason.Taken:
                LostToPeer(services.Logger, lease, newOwner?.Value ?? "nobody");
                break;
            case LeaseLossReason.Deleted:
                LostRow(services.Logger, lease);
                break;
            case LeaseLossReason.NotRenewed:
                NotRenewed(services.Logger, lease, services.Timing.RenewalDeadline);
                break;
            case LeaseLossReason.DuplicateWorkerId:
                DuplicateWorkerId(services.Logger, lease, self);
                break;
            case LeaseLossReason.Released:
            default:
                break;
        }
    }

    [LoggerMessage(1200, LogLevel.Information, "Took lease {Lease} ({How}); checkpoint {Checkpoint}", EventName = "LeaseTaken")]
    public static partial void Taken(ILogger logger, LeaseKey lease, string how, string checkpoint);

    [LoggerMessage(1201, LogLevel.Information, "Lease {Lease} was lost: its owner is now {NewOwner}", EventName = "LeaseLostToPeer")]
    public static partial void LostToPeer(ILogger logger, LeaseKey lease, string newOwner);

    [LoggerMessage(
        1202,
        LogLevel.Warning,
        "The row of lease {Lease} was deleted, so its shard is no longer processed here. The next comparison with the shard list "
        + "re-creates the row if the shard still needs one",
        EventName = "LeaseRowDeleted")]
    public static partial void LostRow(ILogger logger, LeaseKey lease);

    [LoggerMessage(
        1203,
        LogLevel.Warning,
        "Lease {Lease} could not be renewed for {Deadline}. Its shard is no longer processed here, because another worker may soon take it",
        EventName = "LeaseNotRenewed")]
    public static partial void NotRenewed(ILogger logger, LeaseKey lease, TimeSpan deadline);

    [LoggerMessage(
        1204,
        LogLevel.Error,
        "Lease {Lease} was written by another process with the worker id {WorkerId}. Worker ids must differ between running processes: "
        + "configure a different id for each, or none for a random one",
        EventName = "DuplicateWorkerId")]
    public static partial void DuplicateWorkerId(ILogger logger, LeaseKey lease, WorkerId workerId);

    [LoggerMessage(
        1205,
        LogLevel.Error,
        "Writes of lease {Lease} repeatedly found their own result already stored: either replies of the store are lost, or another "
        + "process uses the worker id {WorkerId}. Worker ids must differ between running processes",
        EventName = "PerhapsDuplicateWorkerId")]
    public static partial void PerhapsDuplicateWorkerId(ILogger logger, LeaseKey lease, WorkerId workerId);

    [LoggerMessage(
        1206,
        LogLevel.Warning,
        "Lease store writes are failing: {Leases} lease(s) pending, {Failures} failed call(s) since the last warning. Each lease is "
        + "kept until {Deadline} after its last successful write",
        EventName = "LeaseWritesFail")]
    public static partial void WritesFail(ILogger logger, Exception exception, int leases, long failures, TimeSpan deadline);

    [LoggerMessage(1207, LogLevel.Information, "Lease store writes succeed again, after {Duration}", EventName = "LeaseWritesSucceed")]
    public static partial void WritesSucceedAgain(ILogger logger, TimeSpan duration);

    [LoggerMessage(1208, LogLevel.Debug, "Lease {Lease} was not taken: {Status}", EventName = "LeaseNotTaken")]
    public static partial void NotTaken(ILogger logger, LeaseKey lease, LeaseWriteStatus status);

    [LoggerMessage(1209, LogLevel.Information, "Released lease {Lease}; checkpoint {Checkpoint}", EventName = "LeaseReleased")]
    public static partial void Released(ILogger logger, LeaseKey lease, ExtendedSequenceNumber checkpoint);

    [LoggerMessage(
        1210,
        LogLevel.Warning,
        "Lease {Lease} could not be released; other workers can take it {FailoverTime} after its last renewal",
        EventName = "LeaseNotReleased")]
    public static partial void NotReleased(ILogger logger, Exception exception, LeaseKey lease, TimeSpan failoverTime);

    [LoggerMessage(
        1211,
        LogLevel.Warning,
        "No worker takes {Count} lease(s), and this worker cannot: it may own at most {MaxLeases}. Start more workers or raise the limit",
        EventName = "LeaseSpillover")]
    public static partial void Spillover(ILogger logger, int count, int maxLeases);

    [LoggerMessage(
        1212,
        LogLevel.Warning,
        "The lease store cannot be read; {Failures} attempt(s) failed in a row",
        EventName = "LeaseListFails")]
    public static partial void ListFails(ILogger logger, Exception exception, long failures);

    [LoggerMessage(
        1213,
        LogLevel.Warning,
        "Taking lease {Lease} failed; the next round tries again. This is logged at most once a minute",
        EventName = "TakeFailed")]
    public static partial void TakeFailed(ILogger logger, Exception exception, LeaseKey lease);
}
