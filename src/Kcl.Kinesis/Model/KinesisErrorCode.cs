namespace Kcl.Kinesis;

/// <summary>Specifies the kind of failure of a call to Kinesis. Failures that callers handle differently have different codes.</summary>
public enum KinesisErrorCode
{
    /// <summary>
    /// A failure for which there is no other code; <see cref="KinesisException.ErrorType"/> contains the service's name for it.
    /// </summary>
    Other,

    /// <summary>The stream, shard or consumer does not exist.</summary>
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

    /// <summary>The response does not comply with the protocol of the service.</summary>
    MalformedResponse,
}
