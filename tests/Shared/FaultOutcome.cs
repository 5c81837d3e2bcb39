namespace Kcl.Tests.Shared;

/// <summary>How a call through a <see cref="FaultProxy"/> ended.</summary>
public enum FaultOutcome
{
    /// <summary>The server did what was asked.</summary>
    Passed,

    /// <summary>The server answered with an error, a failed condition for example.</summary>
    Refused,

    /// <summary>The proxy throttled it.</summary>
    Throttled,

    /// <summary>The server acted, and the reply was lost.</summary>
    ReplyLost,

    /// <summary>The connection was broken before the server saw it, or the server could not be reached.</summary>
    CutOff,

    /// <summary>The caller went away before there was an answer; whether the server acted is not known.</summary>
    CallerGaveUp,
}
