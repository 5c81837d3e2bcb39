namespace Kcl.Kinesis;

/// <summary>Defines the error codes: which errors of the service have a code, whether a retry can help, and what to check.</summary>
internal static class KinesisErrorCodes
{
    /// <summary>Returns the code of an error.</summary>
    /// <param name="type">The service's name for the error; null if it gave none.</param>
    /// <param name="status">The HTTP status.</param>
    public static KinesisErrorCode Classify(string? type, int? status) => type switch
    {
        "ResourceNotFoundException" => KinesisErrorCode.ResourceNotFound,
        "ResourceInUseException" => KinesisErrorCode.ResourceInUse,
        "InvalidArgumentException" or "ValidationException" or "SerializationException" => KinesisErrorCode.InvalidArgument,
        "ExpiredIteratorException" => KinesisErrorCode.ExpiredIterator,
        "ExpiredNextTokenException" => KinesisErrorCode.ExpiredNextToken,
        "ProvisionedThroughputExceededException" or "ThrottlingException" or "KMSThrottlingException" or "Throttling" or "RequestThrottled"
            or "RequestThrottledException" or "TooManyRequestsException" or "RequestLimitExceeded" or "SlowDown"
            or "BandwidthLimitExceeded" => KinesisErrorCode.Throttled,
        "LimitExceededException" => KinesisErrorCode.LimitExceeded,
        "AccessDeniedException" or "AccessDenied" or "UnrecognizedClientException" or "ExpiredTokenException" or "ExpiredToken"
            or "MissingAuthenticationTokenException" or "MissingAuthenticationToken" or "IncompleteSignatureException"
            or "IncompleteSignature" or "InvalidSignatureException" or "InvalidClientTokenId" or "NotAuthorized" or "OptInRequired"
            or "RequestExpired" or "RequestTimeTooSkewed" or "SignatureDoesNotMatch" or "AuthFailure" => KinesisErrorCode.AccessDenied,
        "KMSDisabledException" or "KMSInvalidStateException" or "KMSAccessDeniedException" or "KMSNotFoundException"
            or "KMSOptInRequired" => KinesisErrorCode.Kms,
        "InternalFailureException" or "InternalFailure" or "InternalServerError" or "ServiceUnavailable" or "ServiceUnavailableException"
            or "RequestTimeout" or "RequestTimeoutException" => KinesisErrorCode.ServiceFailure,
        _ => status switch
        {
            429 => KinesisErrorCode.Throttled,
            401 or 403 => KinesisErrorCode.AccessDenied,
            408 or >= 500 => KinesisErrorCode.ServiceFailure,
            _ => KinesisErrorCode.Other,
        },
    };

    /// <summary>Returns whether the same call may succeed later.</summary>
    public static bool IsTransient(KinesisErrorCode code) => code
        is KinesisErrorCode.Throttled
        or KinesisErrorCode.LimitExceeded
        or KinesisErrorCode.ServiceFailure
        or KinesisErrorCode.Unreachable
        or KinesisErrorCode.MalformedResponse;

    /// <summary>Returns advice on what to check, as a sentence after a space; empty if there is none.</summary>
    /// <param name="code">The code.</param>
    public static string GetRemedy(KinesisErrorCode code) => code switch
    {
        KinesisErrorCode.ResourceNotFound => " Check the name, the region, the endpoint and the account of the credentials.",
        KinesisErrorCode.AccessDenied => " Check the credentials, the clock of this machine and the permissions of the role.",
        KinesisErrorCode.Kms => " Check the stream's encryption key and this role's permission to use it.",
        _ => "",
    };
}
