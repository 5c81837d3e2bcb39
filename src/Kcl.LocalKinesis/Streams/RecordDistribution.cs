using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>The service's words for how records are assigned to shards: by their keys, or evenly without regard to them.</summary>
internal static class RecordDistribution
{
    private const string Auto = "AUTO";
    private const string ByKey = "USER_PARTITION_KEY";

    /// <summary>The word for a strategy.</summary>
    public static string NameOf(bool auto) => auto ? Auto : ByKey;

    /// <summary>Reads the strategy of a request: whether it is AUTO.</summary>
    public static bool Read(Parameters parameters, bool required) =>
        parameters.Word(parameters.Root, "RecordDistributionStrategy", "recordDistributionStrategy", required, Auto, ByKey) == Auto;

    /// <summary>Refuses AUTO for a stream whose capacity is provisioned.</summary>
    public static void RequireOnDemand(bool auto, bool onDemand, string stream)
    {
        if (auto && !onDemand)
        {
            throw ServiceException.InvalidArgument(
                $"RecordDistributionStrategy=AUTO is only supported for on-demand streams. Stream {stream} is using PROVISIONED mode.");
        }
    }
}
