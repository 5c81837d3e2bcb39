namespace Kcl.Kinesis;

/// <summary>What kind of failure a call of Kinesis met: what a caller would do something different for.</summary>
public enum KinesisErrorCode
{
    /// <summary>Anything not named below; <see cref="KinesisException.ErrorType"/> has the service's own word.</summary>
    Other,

    /// <summary>No such stream, shard or consumer.</summary>
    ResourceNotFound,

    /// <summary>The resource exists already, or is not in a state that allows the call.</summary>
    ResourceInUse,

    /// <summary>A parameter is not acceptable: <c>InvalidArgumentException</c>, <c>ValidationException</c>, <c>SerializationException</c>.</summary>
    InvalidArgument,

    /// <summary>The iterator is older than 5 minutes.</summary>
    ExpiredIterator,

    /// <summary>The page token is older than 5 minutes.</summary>
    ExpiredNextToken,

    /// <summary>A shard's throughput or an account's call rate is used up: <c>ProvisionedThroughputExceededException</c>, <c>ThrottlingException</c>, <c>KMSThrottlingException</c>.</summary>
    Throttled,

    /// <summary>A limit of the control plane: calls per second, shards, streams or consumers.</summary>
    LimitExceeded,

    /// <summary>The credentials do not allow it, or are not valid: <c>AccessDeniedException</c>, <c>UnrecognizedClientException</c>, <c>ExpiredTokenException</c> and their kin.</summary>
    AccessDenied,

    /// <summary>The stream's encryption key cannot be used.</summary>
    Kms,

    /// <summary>The service failed: 5xx.</summary>
    ServiceFailure,

    /// <summary>No answer came: connection refused or broken, or a time-out.</summary>
    Unreachable,

    /// <summary>An answer came that is not the service's protocol.</summary>
    MalformedResponse,
}
