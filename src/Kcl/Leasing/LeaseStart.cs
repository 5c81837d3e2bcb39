using Kcl.Internal;

namespace Kcl.Leasing;

/// <summary>What a named position of a lease means: reading starts at the first record that was put at or after an instant.</summary>
/// <param name="Instant">The instant.</param>
/// <param name="IsObserved">
/// Whether the lease was found at <c>LATEST</c> with somebody who had been reading for longer: until then only its owner knew where it had
/// begun.
/// </param>
internal readonly record struct LeaseStart(DateTimeOffset Instant, bool IsObserved = false)
{
    private const string Observed = "observed ";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>The start; null for a text of another form.</returns>
    public static LeaseStart? TryParse(string text)
    {
        var isObserved = text.StartsWith(Observed, StringComparison.Ordinal);
        return Instants.TryParse(isObserved ? text[Observed.Length..] : text, out var instant) ? new(instant, isObserved) : null;
    }

    /// <summary>The stored form: the instant, with <c>observed</c> before it where it is one.</summary>
    public override string ToString() => (IsObserved ? Observed : "") + Instants.ToText(Instant);
}
