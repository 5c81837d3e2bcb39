using Kcl.Internal;

namespace Kcl.Kinesis;

/// <summary>Specifies how <see cref="AggregationExtensions.PutAllAggregatedAsync"/> aggregates records.</summary>
public sealed class AggregationOptions
{
    /// <summary>Gets or sets the maximum size of an aggregate, in bytes. A single larger record is put without aggregation.</summary>
    /// <value>The default is 51200, as in the Kinesis Producer Library.</value>
    public int MaxBytes { get; set; } = RecordAggregator.DefaultMaxBytes;

    /// <summary>Gets or sets the maximum number of records of an aggregate.</summary>
    /// <value>The default is <see cref="int.MaxValue"/>: no limit.</value>
    public int MaxCount { get; set; } = int.MaxValue;

    /// <summary>
    /// Gets or sets the maximum number of times that records are aggregated and put again because the stream was resharded and an aggregate
    /// was stored in another shard than predicted.
    /// </summary>
    /// <value>The default is 5.</value>
    public int MaxReshardings { get; set; } = 5;

    /// <summary>Gets the options for retries of failed aggregates.</summary>
    /// <value>The default is an instance with the defaults of <see cref="PutAllRecordsOptions"/>.</value>
    public PutAllRecordsOptions Put { get; private set; } = new();

    internal IReadOnlyList<string> Validate() => new OptionsProblems()
        .AtLeast(nameof(MaxBytes), MaxBytes, 1)
        .AtLeast(nameof(MaxCount), MaxCount, 1)
        .AtLeast(nameof(MaxReshardings), MaxReshardings, 0)
        .Nested(nameof(Put), Put.Validate())
        .All;

    internal AggregationOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of aggregation", Validate());
        var copy = (AggregationOptions)MemberwiseClone();
        copy.Put = Put.Freeze();
        return copy;
    }
}
