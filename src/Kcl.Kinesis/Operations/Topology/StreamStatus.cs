namespace Kcl.Kinesis;

/// <summary>The status of a stream.</summary>
public enum StreamStatus
{
    /// <summary>The stream is being created; it cannot be used yet.</summary>
    Creating,

    /// <summary>The stream is being deleted.</summary>
    Deleting,

    /// <summary>The stream can be used.</summary>
    Active,

    /// <summary>The stream can be used; its shards or settings are being changed.</summary>
    Updating,
}
