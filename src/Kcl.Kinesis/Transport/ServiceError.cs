namespace Kcl.Kinesis.Transport;

/// <summary>An error as the service reports it.</summary>
/// <param name="Type">The service's name for the error; null if it sent none.</param>
/// <param name="Message">The service's message; null if it sent none.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="RequestId">The service's id of the request.</param>
internal readonly record struct ServiceError(string? Type, string? Message, int? Status, string? RequestId);
