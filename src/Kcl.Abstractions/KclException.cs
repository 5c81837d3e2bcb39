namespace Kcl;

/// <summary>The root of every failure this library reports.</summary>
/// <param name="message">What happened, what it means and what to do.</param>
/// <param name="innerException">What caused it.</param>
public abstract class KclException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public virtual bool IsTransient => false;
}

/// <summary>The lease is no longer held: another worker owns the shard. Stop processing it; nothing more can be stored for it. Java's <c>ShutdownException</c>.</summary>
/// <param name="message">Which lease, and who owns it if known.</param>
/// <param name="innerException">What caused it.</param>
public sealed class LeaseLostException(string message, Exception? innerException = null) : KclException(message, innerException);

/// <summary>A service or store asks for patience. Java's <c>ThrottlingException</c>.</summary>
/// <param name="message">What was throttled.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ThrottlingException(string message, Exception? innerException = null) : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}

/// <summary>The requested checkpoint is not one this shard can have now. Java's <c>IllegalArgumentException</c>.</summary>
/// <param name="message">The position, and the range that is accepted.</param>
/// <param name="innerException">What caused it.</param>
public sealed class InvalidCheckpointException(string message, Exception? innerException = null) : KclException(message, innerException);

/// <summary>Something this library stands on is missing or unusable, and stays so until somebody mends it: a table, a permission, a stream. Java's <c>InvalidStateException</c>.</summary>
/// <param name="message">What is missing, and the remedy.</param>
/// <param name="innerException">What caused it.</param>
public sealed class InvalidStateException(string message, Exception? innerException = null) : KclException(message, innerException);

/// <summary>A service or store failed in a way that may pass. Java's <c>KinesisClientLibDependencyException</c>.</summary>
/// <param name="message">What failed.</param>
/// <param name="innerException">What caused it.</param>
public sealed class DependencyException(string message, Exception? innerException = null) : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}

/// <summary>A configuration that cannot work. The message lists every problem at once, each with the setting, its value and what is accepted.</summary>
/// <param name="message">Every problem.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ConfigurationException(string message, Exception? innerException = null) : KclException(message, innerException);

/// <summary>Thrown by a processor to say that this instance cannot go on: a new one is made after a pause, and the shard resumes at its last checkpoint. Other shards are not affected.</summary>
/// <param name="message">Why.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ProcessorUnusableException(string message, Exception? innerException = null) : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
