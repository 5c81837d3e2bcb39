using Microsoft.Extensions.Logging;

namespace Kcl.Leases.DynamoDb;

/// <summary>Logs the events of the DynamoDB lease store.</summary>
internal static partial class DynamoDbLog
{
    [LoggerMessage(4000, LogLevel.Information, "Creating lease table {Table} ({Capacity})")]
    public static partial void CreatingTable(this ILogger logger, string table, string capacity);

    [LoggerMessage(4001, LogLevel.Information, "Lease table {Table} is ready after {Milliseconds:0} ms")]
    public static partial void TableReady(this ILogger logger, string table, double milliseconds);

    [LoggerMessage(
        4003,
        LogLevel.Debug,
        "The condition of {Action} of lease {Key} failed: the row has counter {Counter} and owner {Owner}")]
    public static partial void ConditionFailed(this ILogger logger, string action, string key, long? counter, string? owner);

    [LoggerMessage(
        4004,
        LogLevel.Warning,
        "The server of lease table {Table} does not support point-in-time recovery; continuing without it")]
    public static partial void NoPointInTimeRecovery(this ILogger logger, string table);

    [LoggerMessage(4005, LogLevel.Information, "Point-in-time recovery of lease table {Table} is on")]
    public static partial void PointInTimeRecoveryOn(this ILogger logger, string table);

    [LoggerMessage(
        4006,
        LogLevel.Information,
        "Table {Table} cannot be read ({Reason}); the mode of the fleet is determined from the lease table alone",
        EventName = "CoordinatorTableHidden")]
    public static partial void CoordinatorTableUnreadable(this ILogger logger, string table, string reason);
}
