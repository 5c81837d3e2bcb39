namespace Kcl;

/// <summary>
/// The processor interface of older packages, with one <c>Shutdown</c> method for every reason. Host it with
/// <see cref="LegacyRecordProcessorAdapter"/>.
/// </summary>
public interface ILegacyRecordProcessor
{
    /// <summary>Same as <see cref="IShardRecordProcessor.InitializeAsync"/>.</summary>
    /// <param name="input">The shard, and the position where it resumes.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken);

    /// <summary>Same as <see cref="IShardRecordProcessor.ProcessRecordsAsync"/>.</summary>
    /// <param name="input">The records, the lag and the checkpointer.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <summary>Called when this processor gets no more records. With <see cref="ShutdownReason.Terminate"/> it must checkpoint.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="checkpointer">Completes the shard; null with <see cref="ShutdownReason.Zombie"/>.</param>
    /// <param name="cancellationToken">Cancelled when the time limit of the stop has passed.</param>
    ValueTask ShutdownAsync(ShutdownReason reason, ICheckpointer? checkpointer, CancellationToken cancellationToken);
}
