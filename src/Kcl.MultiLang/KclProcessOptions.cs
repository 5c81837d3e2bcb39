namespace Kcl;

/// <summary>How <see cref="KclProcess"/> serves its daemon.</summary>
public sealed class KclProcessOptions
{
    /// <summary>Gets or sets whether the memory of a batch is used again for later ones when the processor's call returns. Saves memory; a processor that keeps records beyond its call must then copy them (<see cref="KinesisRecord.ToOwned"/>).</summary>
    /// <value>The default is false: records stay valid for as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>Gets or sets whether SIGINT is ignored while the process runs: Ctrl-C in a terminal reaches children too where the daemon does not shield them (Java's does not), and would end them in the middle of a batch.</summary>
    /// <value>The default is true. The daemon tells its children to stop.</value>
    public bool IgnoreInterrupt { get; set; } = true;
}
