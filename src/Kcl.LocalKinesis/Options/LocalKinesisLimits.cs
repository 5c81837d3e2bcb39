namespace Kcl.LocalKinesis;

/// <summary>
/// The limits of the throughput of a shard in the embedded server. The service's limits are 5 reads and 2 MiB a second out, 1000 records
/// and 1 MiB a second in.
/// </summary>
/// <remarks>
/// The numbers are those of the service's documentation. A call, or an entry of <c>PutRecords</c>, that exceeds them returns
/// <c>ProvisionedThroughputExceededException</c>.
/// </remarks>
public sealed class LocalKinesisLimits
{
    private LocalKinesisLimits(double? factor) => Factor = factor;

    /// <summary>Gets limits that never throttle.</summary>
    public static LocalKinesisLimits Off { get; } = new(null);

    /// <summary>Gets the service's limits.</summary>
    public static LocalKinesisLimits On { get; } = new(1);

    /// <summary>Gets the factor by which the service's limits are multiplied; null if nothing is throttled.</summary>
    public double? Factor { get; }

    /// <summary>Returns the service's limits multiplied by a factor.</summary>
    /// <param name="factor">The factor, greater than zero. With 0.1, throttling occurs early in a test.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not a number greater than zero.</exception>
    public static LocalKinesisLimits Scaled(double factor)
    {
        if (!(factor > 0) || double.IsInfinity(factor))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor of the limits must be a number greater than zero.");
        }

        return new(factor);
    }
}
