namespace Kcl.LocalKinesis;

/// <summary>Whether the embedded server throttles as the service does: per shard 5 reads and 2 MiB a second out, 1000 records and 1 MiB a second in.</summary>
/// <remarks>The figures are those of the service's documentation. Beyond them a call, or an entry of <c>PutRecords</c>, answers <c>ProvisionedThroughputExceededException</c>.</remarks>
public sealed class LocalKinesisLimits
{
    private LocalKinesisLimits(double? factor) => Factor = factor;

    /// <summary>Nothing is throttled: the default.</summary>
    public static LocalKinesisLimits Off { get; } = new(null);

    /// <summary>The service's own limits.</summary>
    public static LocalKinesisLimits On { get; } = new(1);

    /// <summary>What the service's limits are multiplied with; null if nothing is throttled.</summary>
    public double? Factor { get; }

    /// <summary>The service's limits, all of them times a factor.</summary>
    /// <param name="factor">Greater than zero; 0.1 makes throttling easy to meet in a test.</param>
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
