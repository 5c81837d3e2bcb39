namespace Kcl.MultiLang.Child;

/// <summary>The daemon sent what this protocol does not have. Distinct from every exception that a processor throws.</summary>
internal sealed class ProtocolException(string message, Exception? innerException = null) : Exception(message, innerException);
