namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// Where a <see cref="LogQueue{T}"/> writes. It is called by the queue's own thread only, so it may block, and it may throw.
/// </summary>
/// <typeparam name="T">The entries.</typeparam>
internal interface ILogSink<in T>
{
    /// <summary>Writes one entry.</summary>
    /// <param name="entry">The entry.</param>
    void Write(T entry);

    /// <summary>Writes how many entries were lost.</summary>
    /// <param name="lost">The entries that were not written.</param>
    void WriteLost(LostLogEntries lost);
}
