namespace Kcl.Leasing;

/// <summary>When to look at the table next. Pure.</summary>
/// <remarks>
/// A look costs half a read unit per 4 KB. With renewals every F/3 and looks every W × 250 ms (W workers), the fleet's looks cost about a fifth of what its
/// renewals cost, whatever the number of leases; small fleets look every second, large ones every five: there somebody looks at any instant.
/// </remarks>
internal static class LeaseScanPacing
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhileTaking = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WhileBalancing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PerWorker = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The steady pace of a fleet.</summary>
    public static TimeSpan Steady(int workers) => Clamp(PerWorker * workers, WhileBalancing, Longest);

    /// <summary>After how long a free lease that nobody came for is taken whatever the target says.</summary>
    public static TimeSpan OverdueAfter(int workers) => Steady(workers) * 2;

    /// <summary>The rest until the next look.</summary>
    /// <param name="plan">What was decided in this round.</param>
    /// <param name="conflicts">How many leases a peer was quicker to take.</param>
    /// <param name="nextExpiry">When the first lease of a peer that is not renewed will have expired; null if all are renewed.</param>
    /// <param name="took">How long the look took.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Rest(BalancePlan plan, int conflicts, TimeSpan? nextExpiry, TimeSpan took, double jitter)
    {
        var rest = plan.Waiting > 0 || conflicts > 0 ? WhileTaking : plan.Steal.Count > 0 || plan.Take.Count > 0 ? WhileBalancing : Steady(plan.Workers);
        if (nextExpiry is { } expiry && expiry < rest)
        {
            rest = Clamp(expiry, Shortest, rest);
        }

        // A table that is slow to read is not read all the time; what looked slow to a machine that was frozen meanwhile is not held against it for long.
        var calm = Clamp(took * 4, TimeSpan.Zero, Longest * 2);
        rest = rest > calm ? rest : calm;
        return rest * (0.9 + (0.2 * jitter));
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
