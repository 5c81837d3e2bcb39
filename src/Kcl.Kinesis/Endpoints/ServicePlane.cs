namespace Kcl.Kinesis.Endpoints;

/// <summary>The part of the service that an operation belongs to. Each has its own host where the endpoint names an account.</summary>
internal enum ServicePlane
{
    /// <summary>Neither: the operation has no stream.</summary>
    None,

    /// <summary>Records.</summary>
    Data,

    /// <summary>Streams and shards.</summary>
    Control,
}
