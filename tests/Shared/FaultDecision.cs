namespace Kcl.Tests.Shared;

/// <summary>What happens to one call.</summary>
internal readonly record struct FaultDecision(bool CutOff, bool Throttle, TimeSpan Delay, TimeSpan ReplyDelay, bool LoseReply);
