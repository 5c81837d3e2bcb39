using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>The instant from which a reader that comes later misses nothing that is put from now on.</summary>
internal static class StartInstant
{
    /// <summary>The service's clock is known by the whole second, and its hosts differ a little.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The service's present time, where it is known, less the margin. This machine's clock decides only where the service does not say.
    /// </summary>
    public static DateTimeOffset Now(IKinesisClient kinesis, TimeProvider time) => (kinesis.ServiceTime ?? time.GetUtcNow()) - Margin;
}
