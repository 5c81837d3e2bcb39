namespace Kcl.Daemon.Settings;

/// <summary>Creates the rows of one group of settings.</summary>
/// <remarks>
/// An <c>Applied</c> setting has an effect; if it is marked with <see cref="JavaCompatibility.Differs"/>, it works differently in Java's
/// daemon or does not exist there. A setting <c>WithoutEffect</c> is checked and then ignored. A <c>Refused</c> setting is an error.
/// </remarks>
/// <param name="heading">The heading under which the documentation lists the group.</param>
/// <param name="bean">The name of the Java bean, with which the keys of the group may be prefixed; null if there is none.</param>
internal sealed class SettingGroup(string heading, string? bean = null)
{
    /// <summary>Creates a setting that has an effect.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The key.</param>
    /// <param name="type">The accepted values.</param>
    /// <param name="read">
    /// Reads the setting from a draft. Its value in a new draft becomes the documented default, so that the two cannot differ.
    /// </param>
    /// <param name="apply">Stores a value in the draft.</param>
    /// <param name="meaning">What the setting controls.</param>
    /// <param name="unset">A description of the default if <paramref name="read"/> returns null for a new draft.</param>
    public Setting Applied<T>(
        string name, SettingType<T> type, Func<SettingsDraft, object?> read, Action<SettingsDraft, T> apply, string meaning,
        string unset = "none") => new()
    {
        Name = name,
        Group = heading,
        Accepted = type.Accepted,
        Default = read(new()) is { } value ? type.Show(value) : unset,
        Meaning = meaning,
        Aliases = PrefixedBy(bean, name),
        TryApply = (text, draft) =>
        {
            if (type.Parse(text) is not { } parsed)
            {
                return false;
            }

            apply(draft, parsed.Value);
            return true;
        },
    };

    /// <summary>Creates a setting whose value is checked and then ignored.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The key.</param>
    /// <param name="type">The accepted values.</param>
    /// <param name="javaDefault">The default of Java's daemon.</param>
    /// <param name="meaning">What the setting controls in Java's daemon.</param>
    /// <param name="why">Why it has no effect.</param>
    public Setting WithoutEffect<T>(string name, SettingType<T> type, string javaDefault, string meaning, string why) =>
        Applied(name, type, _ => null, static (_, _) => { }, meaning, javaDefault) with { Compatibility = JavaCompatibility.NoEffect,
            Explanation = why };

    /// <summary>Creates a setting that is not accepted.</summary>
    /// <param name="name">The key.</param>
    /// <param name="meaning">What the setting controls in Java's daemon.</param>
    /// <param name="why">Why it is refused, and what to use instead.</param>
    public Setting Refused(string name, string meaning, string why) => new()
    {
        Name = name,
        Group = heading,
        Accepted = "nothing",
        Default = "–",
        Meaning = meaning,
        Compatibility = JavaCompatibility.Refused,
        Explanation = why,
        Aliases = PrefixedBy(bean, name),
        TryApply = static (_, _) => false,
    };

    private static string[] PrefixedBy(string? bean, string name) => bean is null ? [] : [$"{bean}.{name}"];
}
