namespace Kcl.Testing;

/// <summary>A store does not do what every lease store must.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ConformanceException(string message, Exception? innerException = null) : Exception(message, innerException);
