using Kcl.Internal;

namespace Kcl.Kinesis;

/// <summary>Specifies how <see cref="KinesisClientExtensions.PutAllRecordsAsync"/> retries failed records.</summary>
/// <remarks>The maximum of every duration is 2147483647 milliseconds, about 24 days.</remarks>
public sealed class PutAllRecordsOptions
{
    /// <summary>Gets or sets the maximum number of attempts to put a record; 1 means no retry.</summary>
    /// <value>The default is 10.</value>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>
    /// Gets or sets the upper limit of the first pause, which doubles with each attempt. A pause is a random time between zero and its
    /// limit.
    /// </summary>
    /// <value>The default is 100 milliseconds.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the maximum pause.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the clock that measures the pauses.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets the source of random pauses. It need not be thread-safe: every use of it is locked.</summary>
    /// <value>The default is <c>Random.Shared</c>.</value>
#pragma warning disable RS0030 // The default of a service that callers can replace.
    public Random Random { get; set; } = Random.Shared;
#pragma warning restore RS0030

    internal IReadOnlyList<string> Validate() => new OptionsProblems()
        .AtLeast(nameof(MaxAttempts), MaxAttempts, 1)
        .Duration(nameof(BaseDelay), BaseDelay, TimeSpan.Zero)
        .Duration(nameof(MaxDelay), MaxDelay, BaseDelay, $"it limits the pauses, which begin with {nameof(BaseDelay)}")
        .NotNull(nameof(TimeProvider), TimeProvider)
        .NotNull(nameof(Random), Random)
        .All;

    internal PutAllRecordsOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of putting records", Validate());
        return (PutAllRecordsOptions)MemberwiseClone();
    }
}
