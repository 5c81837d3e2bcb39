namespace Kcl.Leasing;

/// <summary>A checkpoint that was prepared but not yet completed.</summary>
public readonly record struct PendingCheckpoint
{
    /// <summary>Gets the position of the checkpoint.</summary>
    public required ExtendedSequenceNumber Position { get; init; }

    /// <summary>Gets what the application stored with the checkpoint; null or empty if it stored nothing.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }
}
