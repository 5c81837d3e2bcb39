using Kcl.LocalKinesis.Http;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The service's names of the capacity modes of a stream.</summary>
internal static class StreamMode
{
    private const string Member = "StreamModeDetails";
    private const string Provisioned = "PROVISIONED";
    private const string OnDemand = "ON_DEMAND";

    /// <summary>Reads an optional mode; returns whether it is on-demand.</summary>
    public static bool ReadOptional(Parameters parameters) => IsOnDemand(parameters.ReadOptionalStructure(Member));

    /// <summary>Reads a mode; returns whether it is on-demand.</summary>
    public static bool ReadRequired(Parameters parameters) => IsOnDemand(parameters.ReadRequiredStructure(Member));

    /// <summary>Writes a mode.</summary>
    public static void Write(ResponseWriter response, bool onDemand)
    {
        response.StartObject("StreamModeDetails"u8);
        response.WriteText("StreamMode"u8, onDemand ? OnDemand : Provisioned);
        response.EndObject();
    }

    private static bool IsOnDemand(Parameters? details) => details?.ReadRequiredOneOf("StreamMode", Provisioned, OnDemand) == OnDemand;
}
