namespace Kcl.Leases.DynamoDb;

/// <summary>The provisioned capacity of a table.</summary>
public sealed record ProvisionedCapacity
{
    /// <summary>Gets the read units per second.</summary>
    /// <value>The default is 10, as in the Java KCL; the minimum is 1.</value>
    public long ReadUnits { get; init; } = 10;

    /// <summary>Gets the write units per second. A held lease consumes about 0.3 units.</summary>
    /// <value>The default is 10, as in the Java KCL; the minimum is 1.</value>
    public long WriteUnits { get; init; } = 10;
}
