namespace Kcl;

/// <summary>Specifies why an <see cref="ILegacyRecordProcessor"/> is shut down.</summary>
public enum ShutdownReason
{
    /// <summary>The shard is consumed to its end. Checkpoint, so that its child shards can start.</summary>
    Terminate,

    /// <summary>The lease is lost: nothing more can be stored for the shard.</summary>
    Zombie,
}
