using Kcl.Internal;

namespace Kcl;

/// <summary>The options of <see cref="KclProcess"/>.</summary>
public sealed class KclProcessOptions
{
    /// <summary>
    /// Gets or sets a value indicating whether the memory of a batch is reused when the processor's call returns. This saves memory; a
    /// processor that keeps records beyond the call must then copy them (<see cref="KinesisRecord.ToOwned"/>).
    /// </summary>
    /// <value>The default is false: records remain valid as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether SIGINT is ignored while the process runs. Java's daemon and its children receive Ctrl-C in a
    /// terminal at the same time, which would end the children in the middle of a batch.
    /// </summary>
    /// <value>The default is true: the daemon asks its children to stop.</value>
    public bool IgnoreInterrupt { get; set; } = true;

    /// <summary>Returns every problem of the options. There are none: every combination is valid.</summary>
#pragma warning disable CA1822 // Every options type has this instance method.
    internal IReadOnlyList<string> Validate() => [];
#pragma warning restore CA1822

    /// <summary>Validates the options and returns a copy.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal KclProcessOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the process", Validate());
        return (KclProcessOptions)MemberwiseClone();
    }
}
