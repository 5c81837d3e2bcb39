namespace Kcl;

/// <summary>Options of <see cref="KclProcess"/>.</summary>
public sealed class KclProcessOptions
{
    /// <summary>
    /// Gets or sets a value indicating whether the memory of a batch is reused when the processor's call returns. This saves memory; a
    /// processor that keeps records beyond the call must then copy them (<see cref="KinesisRecord.ToOwned"/>).
    /// </summary>
    /// <value>The default is false: records remain valid as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether SIGINT is ignored while the process runs. Ctrl-C in a terminal also reaches the children of
    /// a daemon that does not shield them, such as Java's, and would end them in the middle of a batch.
    /// </summary>
    /// <value>The default is true: the daemon asks its children to stop.</value>
    public bool IgnoreInterrupt { get; set; } = true;
}
