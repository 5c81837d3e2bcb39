namespace Kcl;

/// <summary>
/// Corresponds to <c>IRecordProcessor</c> of Amazon's .NET package: one method, <see cref="ShutdownAsync"/>, reports both the end of the
/// shard and a lost lease. A requested stop is not reported. Host an implementation with <see cref="LegacyRecordProcessorAdapter"/>.
/// </summary>
public interface ILegacyRecordProcessor
{
    /// <summary>Corresponds to <see cref="IShardRecordProcessor.InitializeAsync"/>.</summary>
    /// <param name="input">The shard, and the position at which it resumes.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken);

    /// <summary>Corresponds to <see cref="IShardRecordProcessor.ProcessRecordsAsync"/>.</summary>
    /// <param name="input">The records, the lag and the checkpointer.</param>
    /// <param name="cancellationToken">Canceled when the lease is lost or the time limit of a stop has passed.</param>
    ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <summary>
    /// Called when this processor gets no more records. With <see cref="ShutdownReason.Terminate"/>, the shard is completed when the method
    /// returns, whether or not it checkpoints.
    /// </summary>
    /// <param name="reason">The reason.</param>
    /// <param name="checkpointer">The checkpointer; null if the reason is <see cref="ShutdownReason.Zombie"/>.</param>
    /// <param name="cancellationToken">Canceled when the time limit of the stop has passed.</param>
    ValueTask ShutdownAsync(ShutdownReason reason, ICheckpointer? checkpointer, CancellationToken cancellationToken);
}
