namespace Kcl;

/// <summary>
/// The worker no longer holds the lease of the shard; another worker may own it. Stop processing the shard: nothing more can be stored for
/// it. A processor need not catch it: the worker then calls <see cref="IShardRecordProcessor.LeaseLostAsync"/>. Corresponds to
/// <c>ShutdownException</c> in the Java KCL.
/// </summary>
/// <param name="message">The lease, and its owner if known.</param>
/// <param name="innerException">The cause.</param>
public sealed class LeaseLostException(string message, Exception? innerException = null)
    : KclException(message, innerException);
