using Kcl.Internal;

namespace Kcl;

/// <summary>The settings of <see cref="KclProcess"/>.</summary>
public sealed class KclProcessOptions
{
    /// <summary>
    /// Gets or sets a value indicating whether the memory of a batch is reused for later batches after the processor's call returns. This
    /// saves memory; a processor that keeps records after its call must then copy them (<see cref="KinesisRecord.ToOwned"/>).
    /// </summary>
    /// <value>The default is false: records stay valid for as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether SIGINT is ignored while the process runs. Ctrl-C in a terminal also reaches the children of a
    /// daemon that does not shield them, as Java's does not, and would end them in the middle of a batch.
    /// </summary>
    /// <value>The default is true: the daemon stops its children.</value>
    public bool IgnoreInterrupt { get; set; } = true;

    internal IReadOnlyList<string> Validate() => new OptionsProblems().All;

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal KclProcessOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the process", Validate());
        return (KclProcessOptions)MemberwiseClone();
    }
}
