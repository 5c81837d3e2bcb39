namespace Kcl.Daemon.Children.Launching;

/// <summary>The exception that is thrown when a child cannot be started.</summary>
/// <param name="message">What is wrong and how to fix it.</param>
/// <param name="innerException">The cause.</param>
internal sealed class ChildStartException(string message, Exception? innerException = null) : Exception(message, innerException);
