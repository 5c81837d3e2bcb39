namespace Kcl;

/// <summary>
/// The position cannot be checkpointed: it is before the last checkpoint, after the last delivered record, or not a valid position. This is
/// a mistake in the processor. Corresponds to <c>IllegalArgumentException</c> in the Java KCL.
/// </summary>
/// <param name="message">The position, and the range that is accepted.</param>
/// <param name="innerException">The cause.</param>
public sealed class InvalidCheckpointException(string message, Exception? innerException = null)
    : KclException(message, innerException);
