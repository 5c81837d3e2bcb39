using Kcl.Kinesis.Endpoints;

namespace Kcl.Kinesis.Transport;

/// <summary>The parts of a request that its signature covers.</summary>
/// <param name="Endpoint">The endpoint of the request.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Target">The header that names the operation.</param>
/// <param name="Body">The body.</param>
internal readonly record struct RequestToSign(ServiceEndpoint Endpoint, string ContentType, string Target, ReadOnlyMemory<byte> Body);
