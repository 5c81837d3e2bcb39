using Kcl.Internal;

namespace Kcl.Leasing;

/// <summary>
/// The stored start time of a lease at <c>LATEST</c> or <c>AT_TIMESTAMP</c>: its shard is read from the first record put at or after
/// <see cref="Instant"/>.
/// </summary>
/// <param name="Instant">The start time.</param>
/// <param name="IsObserved">
/// True if the lease was found at <c>LATEST</c> without a start time. <paramref name="Instant"/> is then the time at which it was found;
/// its owner may have started to read earlier.
/// </param>
internal readonly record struct StoredStartTime(DateTimeOffset Instant, bool IsObserved = false)
{
    private const string Observed = "observed ";

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <returns>The start time; null if the text has another form.</returns>
    public static StoredStartTime? ParseOrNull(string text)
    {
        var isObserved = text.StartsWith(Observed, StringComparison.Ordinal);
        return Instants.TryParse(isObserved ? text[Observed.Length..] : text, out var instant) ? new(instant, isObserved) : null;
    }

    /// <summary>Returns the stored form: the start time, with the prefix <c>observed</c> if <see cref="IsObserved"/> is true.</summary>
    public override string ToString() => (IsObserved ? Observed : "") + Instants.ToText(Instant);
}
