using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>The capacity of a <see cref="LogQueue{T}"/>.</summary>
/// <param name="MaxEntries">The maximum number of entries.</param>
/// <param name="MaxBytes">The maximum size of all entries in memory, in bytes.</param>
internal readonly record struct LogQueueLimits(int MaxEntries, long MaxBytes)
{
    // The last quarter is reserved for warnings and errors.
    private const double ShareOfInformation = 0.75;

    /// <summary>Gets the limits of every queue of the product: 16384 entries and 8 MiB.</summary>
    /// <remarks>
    /// A worker that starts or stops with 1000 shards logs about ten lines per shard within a second, which are 4 MB in memory. That fits,
    /// and a container with 128 MiB can hold it.
    /// </remarks>
    public static LogQueueLimits Default { get; } = new(16 * 1024, 8 * 1024 * 1024);

    /// <summary>Returns whether an entry can be queued. An empty queue accepts every entry.</summary>
    /// <param name="level">The level of the entry.</param>
    /// <param name="entries">The number of queued entries.</param>
    /// <param name="bytes">Their size in memory, in bytes.</param>
    /// <param name="size">The size of the entry in memory, in bytes.</param>
    /// <returns>True if the entry can be queued; otherwise, false.</returns>
    public bool Admit(LogLevel level, int entries, long bytes, int size)
    {
        var share = level >= LogLevel.Warning ? 1 : ShareOfInformation;
        return entries == 0 || (entries < MaxEntries * share && bytes + size <= MaxBytes * share);
    }
}
