namespace Kcl.Internal;

/// <summary>An exponentially weighted moving average. Not thread-safe.</summary>
/// <param name="initial">The average before the first sample.</param>
/// <param name="weight">The weight of one sample: 0 to 1.</param>
internal sealed class MovingAverage(double initial, double weight = MovingAverage.DefaultWeight)
{
    /// <summary>The usual weight: three samples make up about two thirds of the average.</summary>
    public const double DefaultWeight = 0.3;

    /// <summary>Gets the average.</summary>
    public double Value { get; private set; } = initial;

    /// <summary>Adds a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>The new average.</returns>
    public double Add(double sample) => Value += weight * (sample - Value);
}
