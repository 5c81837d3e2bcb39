namespace Kcl.Kinesis;

/// <summary>The status of a stream.</summary>
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
