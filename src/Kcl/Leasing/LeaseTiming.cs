namespace Kcl.Leasing;

/// <summary>Every interval of leasing, derived from the failover time alone, so that they always fit one another.</summary>
/// <param name="FailoverTime">How long a counter must stand still before a peer may take the lease.</param>
internal sealed record LeaseTiming(TimeSpan FailoverTime)
{
    /// <summary>The longest time between two successful writes of a lease while all is well.</summary>
    public TimeSpan RenewalInterval { get; } = FailoverTime * 0.35;

    /// <summary>How long after the start of its last successful write an owner still counts on its lease. The rest of the failover time is for the last call that is cut short.</summary>
    public TimeSpan OwnDeadline { get; } = FailoverTime * 0.9;

    /// <summary>How long a write may stay unanswered before it is sent once more beside the first.</summary>
    public TimeSpan AskAgainAfter { get; } = FailoverTime / 6;

    /// <summary>How long a call of the store may take before it is given up.</summary>
    public TimeSpan CallLimit { get; } = FailoverTime / 2;
}
