namespace Kcl;

/// <summary>
/// Something that this library needs is missing or unusable until an operator acts: a stream, a lease table, a permission, a file.
/// Corresponds to <c>InvalidStateException</c> in the Java KCL.
/// </summary>
/// <remarks>It never reports misuse of the API; that is an <see cref="InvalidOperationException"/>.</remarks>
/// <param name="message">What is missing, and how to fix it.</param>
/// <param name="innerException">The cause.</param>
public sealed class InvalidStateException(string message, Exception? innerException = null)
    : KclException(message, innerException);
