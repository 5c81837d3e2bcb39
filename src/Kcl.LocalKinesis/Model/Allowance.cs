namespace Kcl.LocalKinesis.Model;

/// <summary>The remainder of an allowance that refills steadily. Pure: taking returns a new value.</summary>
/// <param name="Level">The remainder at <paramref name="At"/>.</param>
/// <param name="At">The time, in milliseconds.</param>
internal readonly record struct Allowance(double Level, long At)
{
    /// <summary>Returns a full allowance.</summary>
    public static Allowance Full(double capacity, long now) => new(capacity, now);

    /// <summary>Takes an amount if it is available.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="perSecond">The amount added each second.</param>
    /// <param name="capacity">The maximum.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="after">The allowance afterwards, whether the amount was taken or not.</param>
    public bool TryTake(double amount, double perSecond, double capacity, long now, out Allowance after)
    {
        var level = Math.Min(capacity, Level + (Math.Max(0, now - At) * perSecond / 1000));
        var taken = level >= amount;
        after = new(taken ? level - amount : level, Math.Max(now, At));
        return taken;
    }
}
