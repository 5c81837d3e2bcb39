namespace Kcl.Retrieval;

/// <summary>The outcome of one call of <see cref="IShardReader.ReadAsync"/>.</summary>
internal readonly record struct ReadStep
{
    private ReadStep(ReadResult? result, TimeSpan pause)
    {
        Result = result;
        Pause = pause;
    }

    /// <summary>Gets what was read; null if nothing was.</summary>
    public ReadResult? Result { get; }

    /// <summary>Gets the pause before the next read, if nothing was read.</summary>
    public TimeSpan Pause { get; }

    /// <summary>Returns the outcome of a read that was answered.</summary>
    /// <param name="result">The response.</param>
    public static ReadStep Read(in ReadResult result) => new(result, default);

    /// <summary>Returns the outcome of a read that ended without a response and without an error.</summary>
    /// <param name="pause">The pause before the next read.</param>
    public static ReadStep Nothing(TimeSpan pause) => new(null, pause);
}
