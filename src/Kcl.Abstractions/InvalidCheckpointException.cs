namespace Kcl;

/// <summary>
/// The position cannot be checkpointed: it is before the last checkpoint, or after the last delivered record. This is a mistake in the
/// processor. Java's <c>IllegalArgumentException</c>.
/// </summary>
/// <param name="message">The position, and the range that is accepted.</param>
/// <param name="innerException">The cause.</param>
public sealed class InvalidCheckpointException(string message, Exception? innerException = null)
    : KclException(message, innerException);
