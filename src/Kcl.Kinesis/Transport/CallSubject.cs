namespace Kcl.Kinesis.Transport;

/// <summary>The subject of a call, for its endpoint and for the message of its failure.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Stream">The stream; null if the operation has none.</param>
/// <param name="Shard">The shard; null if the operation has none.</param>
/// <param name="Consumer">The name of the fan-out consumer; null if the operation has none.</param>
internal readonly record struct CallSubject(
    KinesisOperation Operation, StreamIdentifier? Stream, ShardId? Shard = null, string? Consumer = null)
{
    /// <inheritdoc />
    public override string ToString() => (Shard, Consumer, Stream) switch
    {
        ({ } shard, null, { } stream) => $"{Operation} of shard {shard} of stream {stream}",
        ({ } shard, { } consumer, _) => $"{Operation} of shard {shard} for consumer {consumer}",
        (null, { } consumer, _) => $"{Operation} of consumer {consumer}",
        (_, _, { } stream) => $"{Operation} of stream {stream}",
        _ => $"{Operation}",
    };
}
