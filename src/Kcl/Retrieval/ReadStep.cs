using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>The outcome of one call of <see cref="IShardReader.ReadAsync"/>.</summary>
internal readonly record struct ReadStep
{
    private ReadStep(RecordsResult? result, SequenceNumber? continueAfter, TimeSpan pause)
    {
        Result = result;
        ContinueAfter = continueAfter;
        Pause = pause;
    }

    /// <summary>Gets the response; null if there is none. The receiver of the step disposes it.</summary>
    public RecordsResult? Result { get; }

    /// <summary>
    /// Gets the sequence number after which reading continues; null if the service returned none. It may lie after the last record.
    /// </summary>
    public SequenceNumber? ContinueAfter { get; }

    /// <summary>Gets the pause before the next read, if there is no response.</summary>
    public TimeSpan Pause { get; }

    /// <summary>Returns the outcome of a read with a response.</summary>
    /// <param name="result">The response.</param>
    /// <param name="continueAfter">The sequence number after which reading continues; null if the service returned none.</param>
    public static ReadStep Read(RecordsResult result, SequenceNumber? continueAfter = null) => new(result, continueAfter, default);

    /// <summary>Returns the outcome of a read that ended without a response and without an error.</summary>
    /// <param name="pause">The pause before the next read.</param>
    public static ReadStep Nothing(TimeSpan pause) => new(null, null, pause);
}
