namespace Kcl.Tests.Shared;

/// <summary>The outcome of a call through a <see cref="FaultProxy"/>.</summary>
public enum FaultOutcome
{
    /// <summary>The call succeeded.</summary>
    Passed,

    /// <summary>The server returned an error, for example a failed condition.</summary>
    Refused,

    /// <summary>The proxy throttled the call.</summary>
    Throttled,

    /// <summary>The call took effect, and the response was lost.</summary>
    ReplyLost,

    /// <summary>The connection was closed before the server received the call, or the server could not be reached.</summary>
    CutOff,

    /// <summary>The caller closed the connection before the response. It is not known whether the call took effect.</summary>
    CallerGaveUp,
}
