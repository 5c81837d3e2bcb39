namespace Kcl.Kinesis.Endpoints;

/// <summary>
/// The part of the service to which an operation belongs. If the endpoint contains an account, each part has a separate host.
/// </summary>
internal enum ServicePlane
{
    /// <summary>The operation has no stream, so it belongs to neither part.</summary>
    None,

    /// <summary>The data plane: operations on records.</summary>
    Data,

    /// <summary>The control plane: operations on streams and shards.</summary>
    Control,
}
