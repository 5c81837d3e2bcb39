namespace Kcl.Kinesis.Transport;

/// <summary>The exception that is thrown when a call cannot be signed because there are no credentials. Its message is one line.</summary>
internal sealed class CredentialsMissingException(Exception inner)
    : Exception(string.Join(' ', inner.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)), inner);
