using System.Net;

namespace Kcl.LocalKinesis.Connections;

/// <summary>
/// An endpoint that accepts no connections itself. Kestrel supports one protocol per endpoint without TLS; this endpoint makes Kestrel
/// build its HTTP/2 pipeline, to which <see cref="PrefaceRouting"/> passes the connections of the real endpoint that begin with the preface
/// of HTTP/2.
/// </summary>
internal sealed class Http2PipelineEndPoint : EndPoint
{
    public override string ToString() => "HTTP/2 with prior knowledge";
}
