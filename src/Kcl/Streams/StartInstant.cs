using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>Computes the instant from which a later reader misses nothing that is put from now on.</summary>
internal static class StartInstant
{
    /// <summary>The margin for the resolution of the service's clock, one second, and for the differences between its hosts.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns the service's present time less the margin. The clock of this machine is used only if the service's time is not known.
    /// </summary>
    public static DateTimeOffset Now(IKinesisClient kinesis, TimeProvider time) => (kinesis.ServiceTime ?? time.GetUtcNow()) - Margin;
}
