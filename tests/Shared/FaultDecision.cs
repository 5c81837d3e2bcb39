namespace Kcl.Tests.Shared;

/// <summary>The faults of one call.</summary>
internal readonly record struct FaultDecision(bool CutOff, bool Throttle, TimeSpan Delay, TimeSpan ReplyDelay, bool LoseReply);
