using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// Computes a safe start time: the service's time minus two seconds. Every record put from now on arrives at or after it.
/// </summary>
internal static class StartInstant
{
    /// <summary>The margin for the resolution of the service's clock, one second, and for the differences between its hosts.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>Returns a safe start time. The clock of this machine is used only if the service's time is not known.</summary>
    public static DateTimeOffset Now(IKinesisClient kinesis, TimeProvider time) => (kinesis.ServiceTime ?? time.GetUtcNow()) - Margin;
}
