namespace Kcl;

/// <summary>
/// A service or the lease store failed in a way that can pass. Try again later. Java's <c>KinesisClientLibDependencyException</c>.
/// </summary>
/// <param name="message">What failed.</param>
/// <param name="innerException">The cause.</param>
public sealed class DependencyException(string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
