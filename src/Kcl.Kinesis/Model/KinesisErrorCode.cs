namespace Kcl.Kinesis;

/// <summary>The kind of failure of a call of Kinesis, as far as callers handle them differently.</summary>
public enum KinesisErrorCode
{
    /// <summary>Anything not named below; <see cref="KinesisException.ErrorType"/> has the service's name for it.</summary>
    Other,

    /// <summary>No such stream, shard or consumer.</summary>
    ResourceNotFound,

    /// <summary>The resource exists already, or is not in a state that allows the call.</summary>
    ResourceInUse,

    /// <summary>
    /// A parameter is not valid: <c>InvalidArgumentException</c>, <c>ValidationException</c>, <c>SerializationException</c>.
    /// </summary>
    InvalidArgument,

    /// <summary>The iterator is older than 5 minutes.</summary>
    ExpiredIterator,

    /// <summary>The page token is older than 5 minutes.</summary>
    ExpiredNextToken,

    /// <summary>
    /// The throughput of a shard or the call rate of an account was exceeded: <c>ProvisionedThroughputExceededException</c>,
    /// <c>ThrottlingException</c>, <c>KMSThrottlingException</c>.
    /// </summary>
    Throttled,

    /// <summary>A limit of the control plane was exceeded: calls per second, shards, streams or consumers.</summary>
    LimitExceeded,

    /// <summary>
    /// The credentials lack a permission or are not valid: <c>AccessDeniedException</c>, <c>UnrecognizedClientException</c>,
    /// <c>ExpiredTokenException</c> and similar errors.
    /// </summary>
    AccessDenied,

    /// <summary>The stream's encryption key cannot be used.</summary>
    Kms,

    /// <summary>The service failed, with a status of 500 or above.</summary>
    ServiceFailure,

    /// <summary>There was no response: the connection was refused or broke, or a timeout expired.</summary>
    Unreachable,

    /// <summary>The response is not the service's protocol.</summary>
    MalformedResponse,
}
