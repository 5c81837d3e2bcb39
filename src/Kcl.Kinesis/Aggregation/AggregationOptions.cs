namespace Kcl.Kinesis;

/// <summary>How <see cref="AggregationExtensions.PutAllAggregatedAsync"/> aggregates.</summary>
public sealed class AggregationOptions
{
    /// <summary>How large an aggregate may become, in bytes.</summary>
    /// <value>51200, as in the Kinesis Producer Library.</value>
    public int MaxBytes { get; set; } = RecordAggregator.DefaultMaxBytes;

    /// <summary>How many records an aggregate may hold.</summary>
    /// <value>No limit.</value>
    public int MaxCount { get; set; } = int.MaxValue;

    /// <summary>How often aggregates that landed on another shard than foreseen, because the stream was resharded, are made and put anew.</summary>
    /// <value>5.</value>
    public int MaxReshardings { get; set; } = 5;

    /// <summary>How patiently aggregates are put again that failed.</summary>
    public PutAllRecordsOptions Put { get; } = new();
}
