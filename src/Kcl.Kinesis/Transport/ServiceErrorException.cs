namespace Kcl.Kinesis.Transport;

/// <summary>The exception for an error response, with the service's time, which may be the reason.</summary>
internal sealed class ServiceErrorException(KinesisException failure, DateTimeOffset? date) : Exception(failure.Message, failure)
{
    /// <summary>Gets the error.</summary>
    public KinesisException Failure => failure;

    /// <summary>Gets the service's time; null if the response has none.</summary>
    public DateTimeOffset? Date => date;
}
