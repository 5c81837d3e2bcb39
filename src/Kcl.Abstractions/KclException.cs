namespace Kcl;

/// <summary>The base class of the failures that this library reports.</summary>
/// <remarks>
/// <para>
/// Catch this type, and decide by <see cref="IsTransient"/>: after a transient failure, the same call can succeed later; after any other,
/// something must be changed first.
/// </para>
/// <para>
/// A processor catches, from its checkpointer: <see cref="LeaseLostException"/> (stop processing the shard),
/// <see cref="ThrottlingException"/> and <see cref="DependencyException"/> (checkpoint again later, or let
/// <see cref="CheckpointerExtensions.CheckpointWithRetriesAsync(ICheckpointer, CheckpointRetryOptions?, CancellationToken)"/> do so),
/// <see cref="InvalidStateException"/> (the lease table or a permission is missing) and <see cref="InvalidCheckpointException"/> (a mistake
/// in the processor).
/// </para>
/// <para>
/// A host catches, from the consumer: <see cref="ConfigurationException"/> (correct the settings), <see cref="InvalidStateException"/> (an
/// operator must act) and <c>KinesisException</c> (Kinesis rejected a request). Misuse of the API, for example running a consumer twice, is
/// an <see cref="InvalidOperationException"/> or an <see cref="ObjectDisposedException"/>, not a <see cref="KclException"/>.
/// </para>
/// </remarks>
/// <param name="message">What is wrong, what was expected and how to fix it.</param>
/// <param name="innerException">The cause.</param>
public abstract class KclException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets a value indicating whether the same call can succeed later without any change.</summary>
    public virtual bool IsTransient => false;
}
