using Kcl.Internal;

namespace Kcl;

/// <summary>
/// Specifies how often and when
/// <see cref="CheckpointerExtensions.CheckpointWithRetriesAsync(ICheckpointer, CheckpointRetryOptions?, CancellationToken)"/> retries.
/// </summary>
public sealed class CheckpointRetryOptions
{
    /// <summary>Gets or sets the maximum number of retries after the first attempt.</summary>
    /// <value>The default is 10; the minimum is 0.</value>
    public int MaxRetries { get; set; } = 10;

    /// <summary>Gets or sets the pause before each retry.</summary>
    /// <value>The default is 3 seconds; the minimum is zero, the maximum 2147483647 milliseconds (about 24 days).</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets or sets the clock.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal IReadOnlyList<string> Validate() => new OptionsProblems()
        .AtLeast(nameof(MaxRetries), MaxRetries, 0)
        .Duration(nameof(Delay), Delay, TimeSpan.Zero)
        .NotNull(nameof(TimeProvider), TimeProvider)
        .All;

    /// <summary>Returns a copy that later changes do not affect.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal CheckpointRetryOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the checkpoint retries", Validate());
        return (CheckpointRetryOptions)MemberwiseClone();
    }
}
