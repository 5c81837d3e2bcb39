using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>Log entries that were not written.</summary>
/// <param name="Since">When the first of them was lost.</param>
/// <param name="Information">How many had the level Information or a lower one.</param>
/// <param name="Warnings">How many were warnings.</param>
/// <param name="Errors">How many were errors or critical.</param>
/// <param name="Failed">How many of all of these were lost because writing failed, and not because the queue was full.</param>
/// <param name="Failure">Why writing failed the last time; null if it did not.</param>
internal sealed record LostLogEntries(DateTimeOffset Since, long Information, long Warnings, long Errors, long Failed, string? Failure)
{
    /// <summary>Gets the number of entries.</summary>
    public long Count => Information + Warnings + Errors;

    /// <summary>Gets why they were lost, as the end of a sentence.</summary>
    public string Reason
    {
        get
        {
            const string Full = "because the log did not take entries fast enough";
            var failed = $"because writing failed ({Failure})";
            return Failed == 0 ? Full
                : Failed == Count ? failed
                : string.Create(CultureInfo.InvariantCulture, $"{Count - Failed} {Full}, {Failed} {failed}");
        }
    }

    /// <summary>Adds one entry.</summary>
    /// <param name="before">What was lost before; null for nothing.</param>
    /// <param name="level">The level of the entry.</param>
    /// <param name="now">The time.</param>
    /// <param name="failure">Why writing it failed; null if the queue was full.</param>
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

    /// <summary>Adds what was lost later.</summary>
    /// <param name="later">What was lost later; null for nothing.</param>
    public LostLogEntries And(LostLogEntries? later) => later is null
        ? this
        : new(
            Since,
            Information + later.Information,
            Warnings + later.Warnings,
            Errors + later.Errors,
            Failed + later.Failed,
            later.Failure ?? Failure);
}
