namespace Kcl.Kinesis;

/// <summary>What a stream is doing.</summary>
public enum StreamStatus
{
    /// <summary>Being created; not usable yet.</summary>
    Creating,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Usable.</summary>
    Active,

    /// <summary>Usable, while its shards are being changed.</summary>
    Updating,
}
