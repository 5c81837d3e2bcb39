namespace Kcl;

/// <summary>
/// A service or the lease store failed temporarily: the same call can succeed later. Corresponds to
/// <c>KinesisClientLibDependencyException</c> in the Java KCL.
/// </summary>
/// <param name="message">What failed.</param>
/// <param name="innerException">The cause.</param>
public sealed class DependencyException(string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
