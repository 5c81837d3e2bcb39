using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>How much a <see cref="LogQueue{T}"/> holds.</summary>
/// <param name="MaxEntries">The most entries.</param>
/// <param name="MaxBytes">The most memory, in bytes.</param>
internal readonly record struct LogQueueLimits(int MaxEntries, long MaxBytes)
{
    // Information and below leave the last quarter to warnings and errors.
    private const double ShareOfInformation = 0.75;

    /// <summary>Gets the limits of every queue of the product: 16384 entries and 8 MiB.</summary>
    /// <remarks>
    /// A worker that stops or starts with a thousand shards logs about ten lines for each of them within a second, 4 MB in memory: that
    /// fits. The memory of a container with 128 MiB allows it.
    /// </remarks>
    public static LogQueueLimits Default { get; } = new(16 * 1024, 8 * 1024 * 1024);

    /// <summary>Decides whether an entry may be queued.</summary>
    /// <param name="level">The level of the entry.</param>
    /// <param name="entries">How many entries are queued.</param>
    /// <param name="bytes">How much memory they take.</param>
    /// <param name="size">How much memory the entry takes.</param>
    /// <returns>True if it may. An empty queue takes every entry.</returns>
    public bool Admit(LogLevel level, int entries, long bytes, int size)
    {
        var share = level >= LogLevel.Warning ? 1 : ShareOfInformation;
        return entries == 0 || (entries < MaxEntries * share && bytes + size <= MaxBytes * share);
    }
}
