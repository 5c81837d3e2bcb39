namespace Kcl.LocalKinesis.Model;

/// <summary>The remainder of an allowance that refills steadily. Immutable: <see cref="TryTake"/> returns a new value.</summary>
/// <param name="Level">The remainder at <paramref name="At"/>.</param>
/// <param name="At">The time, in milliseconds since the Unix epoch.</param>
internal readonly record struct Allowance(double Level, long At)
{
    /// <summary>Returns a full allowance at a time, in milliseconds since the Unix epoch.</summary>
    public static Allowance Full(double capacity, long now) => new(capacity, now);

    /// <summary>Takes an amount if it is available.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="perSecond">The amount added each second.</param>
    /// <param name="capacity">The maximum.</param>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    /// <param name="after">The new allowance, whether or not the amount was taken.</param>
    public bool TryTake(double amount, double perSecond, double capacity, long now, out Allowance after)
    {
        var level = Math.Min(capacity, Level + (Math.Max(0, now - At) * perSecond / 1000));
        var taken = level >= amount;
        after = new(taken ? level - amount : level, Math.Max(now, At));
        return taken;
    }
}
