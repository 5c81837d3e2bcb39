using Kcl.Internal;

namespace Kcl.Leasing;

/// <summary>The meaning of a named position of a lease: reading starts at the first record that was put at or after an instant.</summary>
/// <param name="Instant">The instant.</param>
/// <param name="IsObserved">
/// Whether the lease was found at <c>LATEST</c> with an owner that had started to read before: only that owner knows where it began.
/// </param>
internal readonly record struct LeaseStart(DateTimeOffset Instant, bool IsObserved = false)
{
    private const string Observed = "observed ";

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <returns>The start; null if the text has another form.</returns>
    public static LeaseStart? TryParse(string text)
    {
        var isObserved = text.StartsWith(Observed, StringComparison.Ordinal);
        return Instants.TryParse(isObserved ? text[Observed.Length..] : text, out var instant) ? new(instant, isObserved) : null;
    }

    /// <summary>Returns the stored form: the instant, after the word <c>observed</c> if it was observed.</summary>
    public override string ToString() => (IsObserved ? Observed : "") + Instants.ToText(Instant);
}
