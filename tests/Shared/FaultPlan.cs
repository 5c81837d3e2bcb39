namespace Kcl.Tests.Shared;

/// <summary>What a <see cref="FaultProxy"/> does to the calls that pass it. The default lets all of them through untouched.</summary>
public sealed record FaultPlan
{
    /// <summary>Lets every call through untouched.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>The share of calls that are answered with a throttling error and never reach the server: 0 to 1.</summary>
    public double Throttled { get; init; }

    /// <summary>
    /// How long each call waits before the server sees it; <see cref="Timeout.InfiniteTimeSpan"/> for ever. A caller that gives up
    /// meanwhile has not written anything.
    /// </summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long each answer waits after the server has acted.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>The share of calls whose answer is lost after the server has acted, by a broken connection: 0 to 1.</summary>
    public double RepliesLost { get; init; }

    /// <summary>Whether every connection is broken as soon as a call arrives on it.</summary>
    public bool CutOff { get; init; }

    /// <summary>Which actions are affected, for example <c>UpdateItem</c>; null for all.</summary>
    public Func<string, bool>? Affects { get; init; }

    internal FaultDecision Decide(string action, Random random) =>
        Affects is not null && !Affects(action) ? default
        : CutOff ? new() { CutOff = true }
        : new() { Throttle = Hits(Throttled, random), Delay = Delay, ReplyDelay = ReplyDelay, LoseReply = Hits(RepliesLost, random) };

    private static bool Hits(double share, Random random) => share > 0 && random.NextDouble() < share;
}
