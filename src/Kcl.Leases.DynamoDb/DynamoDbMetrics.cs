using System.Diagnostics.Metrics;

namespace Kcl.Leases.DynamoDb;

/// <summary>Counts the calls to the lease table and the capacity that they consume.</summary>
internal static class DynamoDbMetrics
{
    private static readonly Meter Meter = new("Kcl.Leases.DynamoDb");

    public static readonly Counter<long> Calls = Meter.CreateCounter<long>(
        "kcl.leases.dynamodb.calls",
        "{call}",
        "Calls, by action and outcome: ok, conflict, throttled, timeout, failed, refused.");

    public static readonly Counter<double> CapacityUnits = Meter.CreateCounter<double>(
        "kcl.leases.dynamodb.capacity",
        "{unit}",
        "Consumed read or write capacity units, by action, as DynamoDB reports them.");
}
