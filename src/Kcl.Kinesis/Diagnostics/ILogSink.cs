namespace Kcl.Kinesis.Diagnostics;

/// <summary>The destination of a <see cref="LogQueue{T}"/>. Only the thread of the queue calls it, so it may block and may throw.</summary>
/// <typeparam name="T">The type of the entries.</typeparam>
internal interface ILogSink<in T>
{
    /// <summary>Writes one entry.</summary>
    /// <param name="entry">The entry.</param>
    void Write(T entry);

    /// <summary>Writes the number of lost entries.</summary>
    /// <param name="lost">The entries that were not written.</param>
    void WriteLost(LostLogEntries lost);
}
