using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The service's names of the record distribution strategies: by partition key, or evenly, regardless of the key.</summary>
internal static class RecordDistribution
{
    private const string Member = "RecordDistributionStrategy";
    private const string Auto = "AUTO";
    private const string ByKey = "USER_PARTITION_KEY";

    /// <summary>Returns the name of a strategy.</summary>
    public static string NameOf(bool auto) => auto ? Auto : ByKey;

    /// <summary>Reads an optional strategy; returns whether it is AUTO.</summary>
    public static bool ReadOptional(Parameters parameters) => parameters.ReadOptionalOneOf(Member, Auto, ByKey) == Auto;

    /// <summary>Reads a strategy; returns whether it is AUTO.</summary>
    public static bool ReadRequired(Parameters parameters) => parameters.ReadRequiredOneOf(Member, Auto, ByKey) == Auto;

    /// <summary>Throws if the strategy of a stream in provisioned mode is AUTO.</summary>
    /// <exception cref="ServiceErrorException">The strategy is AUTO, and the mode is provisioned.</exception>
    public static void ThrowIfNotOnDemand(bool auto, bool onDemand, string stream)
    {
        if (auto && !onDemand)
        {
            throw ServiceErrors.AutoDistributionNeedsOnDemand(stream);
        }
    }
}
