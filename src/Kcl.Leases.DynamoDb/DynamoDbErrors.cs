using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Kcl.Leases.DynamoDb;

/// <summary>Translates failures of the SDK to exceptions that show whether to retry the call or what to correct.</summary>
internal static class DynamoDbErrors
{
    /// <summary>Translates a failure of the SDK.</summary>
    /// <param name="exception">The exception of the SDK. It must not be a failed condition, which is not an error.</param>
    /// <param name="action">The action of the API, for example <c>UpdateItem</c>.</param>
    /// <param name="table">The table.</param>
    public static KclException Translate(Exception exception, string action, string table) => exception switch
    {
        AmazonServiceException
        {
            ErrorCode: "ProvisionedThroughputExceededException" or "ThrottlingException" or "Throttling" or "RequestLimitExceeded"
                or "LimitExceededException" or "ReplicatedWriteConflictException" or "TransactionInProgressException"
                or "TooManyRequestsException",
        } => Throttled(exception, action, table),
        AmazonServiceException { StatusCode: HttpStatusCode.TooManyRequests } => Throttled(exception, action, table),
        ResourceNotFoundException or TableNotFoundException => new InvalidStateException(
            $"The lease table '{table}' does not exist ({action}). If it was deleted, restart the workers, which re-create it; every "
                + "shard then starts at the initial position.",
            exception),
        AmazonServiceException { ErrorCode: "AccessDeniedException" or "AccessDenied" } => new InvalidStateException(
            $"Access to 'dynamodb:{action}' on table '{table}' was denied. Allow this action on the table for the role or user of the "
                + $"worker. Error from DynamoDB: {exception.Message}",
            exception),
        AmazonServiceException
        {
            ErrorCode: "UnrecognizedClientException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
                or "IncompleteSignature" or "IncompleteSignatureException" or "InvalidSignatureException" or "InvalidClientTokenId"
                or "SignatureDoesNotMatch",
        } => new InvalidStateException(
            $"DynamoDB did not accept the credentials for '{action}' on table '{table}'. Check the credentials, the region and the clock "
                + $"of this machine. Error from DynamoDB: {exception.Message}",
            exception),
        AmazonServiceException
        {
            ErrorCode: "ExpiredTokenException" or "ExpiredToken" or "RequestTimeTooSkewed" or "RequestExpired",
        } => Failed(exception, action, table),
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or 0 } =>
            Failed(exception, action, table),
        AmazonServiceException { ErrorCode: "ValidationException" or "SerializationException" or "UnknownOperationException" } =>
            new InvalidStateException(
                $"DynamoDB rejected '{action}' on table '{table}' as invalid. Check that the table is a lease table: its key must be "
                    + $"'{Attributes.Key}', a string. Error from DynamoDB: {exception.Message}",
                exception),

        // A call that could not be signed. If there is a cause, for example a role that could not be assumed, a retry may help.
        AmazonClientException { InnerException: null } => new InvalidStateException(
            $"'{action}' on table '{table}' was not sent: no AWS credentials found ({GetReason(exception)}). "
                + "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.",
            exception),
        _ => Failed(exception, action, table),
    };

    /// <summary>Creates the exception for a call that received no response in time.</summary>
    public static DependencyException TimedOut(Exception exception, string action, string table, TimeSpan timeout) =>
        new(
            $"DynamoDB did not answer '{action}' on table '{table}' within {timeout.TotalSeconds:0.###} s. If this continues, "
                + "check the network and the health of the service.",
            exception);

    private static Kcl.ThrottlingException Throttled(Exception exception, string action, string table) =>
        new(
            $"DynamoDB throttled '{action}' on table '{table}'. If this continues, increase the capacity of the table or make it "
                + $"on-demand. Error from DynamoDB: {exception.Message}",
            exception);

    private static DependencyException Failed(Exception exception, string action, string table) =>
        new(
            $"'{action}' on table '{table}' failed: {GetReason(exception)}. If this continues, check the network, "
                + "the credentials and the health of the service.",
            exception);

    private static string GetReason(Exception exception)
    {
        while (exception is not AmazonServiceException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        var code = exception is AmazonServiceException { ErrorCode.Length: > 0 } service ? service.ErrorCode + ": " : "";
        return code + string.Join(' ', exception.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');
    }
}
