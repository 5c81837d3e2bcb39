using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>Log entries that were not written.</summary>
/// <param name="Since">The time at which the first of them was lost.</param>
/// <param name="Information">The number of entries with the level Information or a lower one.</param>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Errors">The number of errors and critical errors.</param>
/// <param name="Failed">The number of these entries that were lost because a write failed, not because the queue was full.</param>
/// <param name="Failure">The description of the last failed write; null if none failed.</param>
internal sealed record LostLogEntries(DateTimeOffset Since, long Information, long Warnings, long Errors, long Failed, string? Failure)
{
    /// <summary>Gets the number of entries.</summary>
    public long Count => Information + Warnings + Errors;

    /// <summary>Gets the reason for the loss, as the end of a sentence.</summary>
    public string Reason
    {
        get
        {
            const string Full = "because the log did not accept entries fast enough";
            var failed = $"because writing failed ({Failure})";
            return Failed == 0 ? Full
                : Failed == Count ? failed
                : string.Create(CultureInfo.InvariantCulture, $"{Count - Failed} {Full}, {Failed} {failed}");
        }
    }

    /// <summary>Adds one entry.</summary>
    /// <param name="before">The entries lost before; null if there are none.</param>
    /// <param name="level">The level of the entry.</param>
    /// <param name="now">The time.</param>
    /// <param name="failure">The description of its failed write; null if the queue was full.</param>
    public static LostLogEntries Add(LostLogEntries? before, LogLevel level, DateTimeOffset now, string? failure)
    {
        var lost = before ?? new(now, 0, 0, 0, 0, null);
        lost = level switch
        {
            >= LogLevel.Error => lost with { Errors = lost.Errors + 1 },
            LogLevel.Warning => lost with { Warnings = lost.Warnings + 1 },
            _ => lost with { Information = lost.Information + 1 },
        };
        return failure is null ? lost : lost with { Failed = lost.Failed + 1, Failure = failure };
    }

    /// <summary>Adds entries that were lost later.</summary>
    /// <param name="later">The entries lost later; null if there are none.</param>
    public LostLogEntries Combine(LostLogEntries? later) => later is null
        ? this
        : new(
            Since,
            Information + later.Information,
            Warnings + later.Warnings,
            Errors + later.Errors,
            Failed + later.Failed,
            later.Failure ?? Failure);
}
