namespace Kcl.Tests.Shared;

/// <summary>The faults that a <see cref="FaultProxy"/> causes. The default is no faults.</summary>
public sealed record FaultPlan
{
    /// <summary>Gets a plan without faults.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>Gets the share of calls that are answered with a throttling error and do not reach the server: 0 to 1.</summary>
    public double Throttled { get; init; }

    /// <summary>
    /// Gets the delay of each call before it is sent to the server; <see cref="Timeout.InfiniteTimeSpan"/> for no end. If the caller gives
    /// up in the meantime, the call has no effect.
    /// </summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Gets the delay of each response after the call has taken effect.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>
    /// Gets the share of calls whose response is lost because the connection is closed after the call has taken effect: 0 to 1.
    /// </summary>
    public double RepliesLost { get; init; }

    /// <summary>Gets a value indicating whether each connection is closed when a call arrives on it.</summary>
    public bool CutOff { get; init; }

    /// <summary>Gets the actions that are affected, for example <c>UpdateItem</c>; null for all.</summary>
    public Func<string, bool>? Affects { get; init; }

    internal FaultDecision Decide(string action, Random random) =>
        Affects is not null && !Affects(action) ? default
        : CutOff ? new() { CutOff = true }
        : new() { Throttle = Hits(Throttled, random), Delay = Delay, ReplyDelay = ReplyDelay, LoseReply = Hits(RepliesLost, random) };

    private static bool Hits(double share, Random random) => share > 0 && random.NextDouble() < share;
}
