using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Kcl.Leases.DynamoDb;

/// <summary>What a failed call means to whoever has to decide: wait, try again, or have somebody mend something.</summary>
internal static class Failures
{
    /// <summary>Translates a failure of the SDK.</summary>
    /// <param name="exception">What the SDK threw; never a failed condition, which is no failure.</param>
    /// <param name="action">The API's action, for example <c>UpdateItem</c>.</param>
    /// <param name="table">The table.</param>
    public static KclException Translate(Exception exception, string action, string table) => exception switch
    {
        AmazonServiceException
        {
            ErrorCode: "ProvisionedThroughputExceededException" or "ThrottlingException" or "Throttling" or "RequestLimitExceeded" or "LimitExceededException"
                or "ReplicatedWriteConflictException" or "TransactionInProgressException" or "TooManyRequestsException",
        } => Throttled(exception, action, table),
        AmazonServiceException { StatusCode: HttpStatusCode.TooManyRequests } => Throttled(exception, action, table),
        ResourceNotFoundException or TableNotFoundException => new InvalidStateException(
            $"The lease table '{table}' does not exist ({action}). If it was deleted, restart the workers to have it created "
                + "again: every shard then starts at the initial position.", exception),
        AmazonServiceException { ErrorCode: "AccessDeniedException" or "AccessDenied" } => new InvalidStateException(
            $"Access to 'dynamodb:{action}' on table '{table}' was denied. Allow the worker's role or user this action on the "
                + $"table. The service says: {exception.Message}", exception),
        AmazonServiceException
        {
            ErrorCode: "UnrecognizedClientException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
                or "IncompleteSignature" or "IncompleteSignatureException" or "InvalidSignatureException" or "InvalidClientTokenId" or "SignatureDoesNotMatch",
        } => new InvalidStateException(
            $"DynamoDB did not accept the credentials for '{action}' on table '{table}'. Check the credentials, the region and "
                + $"this machine's clock. The service says: {exception.Message}",
            exception),
        AmazonServiceException { ErrorCode: "ExpiredTokenException" or "ExpiredToken" or "RequestTimeTooSkewed" or "RequestExpired" } => Failed(exception, action, table),
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or 0 } => Failed(
            exception,
            action,
            table),
        AmazonServiceException { ErrorCode: "ValidationException" or "SerializationException" or "UnknownOperationException" } => new InvalidStateException(
            $"DynamoDB refused '{action}' on table '{table}' as invalid. Check that the table is a lease table (its key is "
                + $"'{Attributes.Key}', a string). The service says: {exception.Message}", exception),
        _ => Failed(exception, action, table),
    };

    /// <summary>A call that was not answered in time.</summary>
    public static DependencyException TimedOut(Exception exception, string action, string table, TimeSpan timeout) =>
        new(
            $"DynamoDB did not answer '{action}' on table '{table}' within {timeout.TotalSeconds:0.###} s. It is tried again; if "
                + "this goes on, check the network and the service's health.",
            exception);

    private static Kcl.ThrottlingException Throttled(Exception exception, string action, string table) =>
        new(
            $"DynamoDB throttled '{action}' on table '{table}'. If this goes on, raise the table's capacity or make it "
                + $"on-demand. The service says: {exception.Message}",
            exception);

    private static DependencyException Failed(Exception exception, string action, string table) =>
        new(
            $"'{action}' on table '{table}' failed: {Reason(exception)}. It is tried again; if this goes on, check the network, "
                + "the credentials and the service's health.",
            exception);

    private static string Reason(Exception exception)
    {
        while (exception is not AmazonServiceException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        var code = exception is AmazonServiceException { ErrorCode.Length: > 0 } service ? service.ErrorCode + ": " : "";
        return code + exception.Message.TrimEnd('.');
    }
}
