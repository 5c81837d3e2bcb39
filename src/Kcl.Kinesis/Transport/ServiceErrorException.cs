namespace Kcl.Kinesis.Transport;

/// <summary>
/// The exception that is thrown for an error response. It contains the time of the service, because a wrong clock may be the cause.
/// </summary>
internal sealed class ServiceErrorException(KinesisException failure, DateTimeOffset? date) : Exception(failure.Message, failure)
{
    /// <summary>Gets the error.</summary>
    public KinesisException Failure => failure;

    /// <summary>Gets the service's time; null if the response has none.</summary>
    public DateTimeOffset? Date => date;
}
