namespace Kcl.Consuming;

/// <summary>The tokens that end a shard's consumer from outside.</summary>
/// <param name="Working">Canceled when the lease is lost or the stop is aborted. Passed to the processor's calls.</param>
/// <param name="Halted">
/// Canceled like <paramref name="Working" />, and when a stop is requested. Used by every wait of the consumer.
/// </param>
/// <param name="Stop">Canceled when a stop is requested.</param>
/// <param name="Abort">Canceled when the stop is aborted. Passed to the processor's last call.</param>
internal readonly record struct ShardConsumerTokens(
    CancellationToken Working, CancellationToken Halted, CancellationToken Stop, CancellationToken Abort);
