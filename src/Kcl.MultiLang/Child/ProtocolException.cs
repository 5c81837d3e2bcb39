namespace Kcl.MultiLang.Child;

/// <summary>
/// The exception that is thrown when the daemon sends something that is not in the protocol. Processors do not throw this exception.
/// </summary>
/// <param name="message">What is wrong, as the end of a sentence.</param>
/// <param name="innerException">The cause.</param>
internal sealed class ProtocolException(string message, Exception? innerException = null) : Exception(message, innerException);
