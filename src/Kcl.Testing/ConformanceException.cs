namespace Kcl.Testing;

/// <summary>The exception that is thrown when a lease store does not meet a requirement of <see cref="LeaseStoreConformance"/>.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The cause; null if there is none.</param>
public sealed class ConformanceException(string message, Exception? innerException = null) : Exception(message, innerException);
