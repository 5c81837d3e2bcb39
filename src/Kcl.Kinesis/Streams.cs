namespace Kcl.Kinesis;

/// <summary>What a stream is doing.</summary>
public enum StreamStatus
{
    /// <summary>Being created; not usable yet.</summary>
    Creating,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Usable.</summary>
    Active,

    /// <summary>Usable, while its shards are being changed.</summary>
    Updating,
}

/// <summary>A stream without its shards.</summary>
/// <param name="StreamName">Its name.</param>
/// <param name="StreamArn">Its ARN; null where a server gives none that could be read.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="RetentionPeriod">How long records are kept.</param>
/// <param name="CreationTimestamp">When it was created.</param>
/// <param name="OpenShardCount">How many shards take records.</param>
public sealed record StreamDescriptionSummary(StreamName StreamName, StreamArn? StreamArn, StreamStatus Status, TimeSpan RetentionPeriod, DateTimeOffset CreationTimestamp, int OpenShardCount);

/// <summary>One page of stream names.</summary>
/// <param name="StreamNames">The names, sorted.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListStreamsPage(IReadOnlyList<StreamName> StreamNames, string? NextToken);
