using System.Globalization;
using System.Text;

namespace Kcl.LocalKinesis.Wire;

/// <summary>
/// Reads the members of a request and collects what violates the service's model, so that one <c>ValidationException</c> names them all,
/// as the service's front end does. A member of the wrong kind is a <c>SerializationException</c> at once.
/// </summary>
internal sealed class Parameters(RequestValue root)
{
    private const string NamePattern = "[a-zA-Z0-9_.-]+";
    private readonly List<string> _violations = [];

    public RequestValue Root => root;

    /// <summary>Refuses the request if anything read so far violates the model.</summary>
    public void ThrowIfInvalid()
    {
        if (_violations.Count > 0)
        {
            throw ServiceException.Validation($"{_violations.Count} validation error{(_violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", _violations)}");
        }
    }

    /// <summary>Records a violation: <c>Value … at '…' failed to satisfy constraint: …</c>.</summary>
    public void Violation(string? value, string path, string constraint) =>
        _violations.Add($"Value {(value is null ? "null" : $"'{value}'")} at '{path}' failed to satisfy constraint: {constraint}");

    /// <summary>The name of a stream, shard or consumer.</summary>
    public string? Name(string member, bool required = false)
    {
        var value = Text(member, required, 1, 128);
        if (value is not null && !IsName(value))
        {
            Violation(value, Camel(member), $"Member must satisfy regular expression pattern: {NamePattern}");
        }

        return value;
    }

    /// <summary>Any text, within bounds of characters.</summary>
    public string? Text(string member, bool required, int least, int most) => TextOf(root, member, Camel(member), required, least, most);

    /// <summary>One of several words.</summary>
    public string? Word(RequestValue parent, string member, string path, bool required, params ReadOnlySpan<string> words)
    {
        var value = TextOf(parent, member, path, required, 0, int.MaxValue);
        if (value is not null && !words.Contains(value))
        {
            Violation(value, path, $"Member must satisfy enum value set: [{string.Join(", ", words!)}]");
        }

        return value;
    }

    /// <summary>A decimal of the service: no sign, no leading zero.</summary>
    public string? Digits(RequestValue parent, string member, string path, bool required, int most)
    {
        var value = TextOf(parent, member, path, required, 0, int.MaxValue);
        if (value is not null && (value.Length == 0 || value.Length > most || value.AsSpan().ContainsAnyExceptInRange('0', '9') || (value[0] == '0' && value.Length > 1)))
        {
            Violation(value, path, $"Member must satisfy regular expression pattern: 0|([1-9]\\d{{0,{most - 1}}})");
        }

        return value;
    }

    /// <summary>A decimal of the service.</summary>
    public string? Digits(string member, bool required, int most) => Digits(root, member, Camel(member), required, most);

    /// <summary>A whole number within bounds.</summary>
    public int? Integer(string member, bool required, int least, int most = int.MaxValue)
    {
        var path = Camel(member);
        if (!root.TryGet(Utf8(member), out var value))
        {
            Missing(required, path);
            return null;
        }

        var number = value.Integer();
        if (number < least)
        {
            Violation(number.ToString(CultureInfo.InvariantCulture), path, $"Member must have value greater than or equal to {least}");
        }
        else if (number > most)
        {
            Violation(number.ToString(CultureInfo.InvariantCulture), path, $"Member must have value less than or equal to {most}");
        }

        return (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }

    /// <summary>An instant, in milliseconds since the epoch.</summary>
    public long? Timestamp(string member) => root.TryGet(Utf8(member), out var value) ? value.Timestamp() : null;

    /// <summary>True or false; false where it isn't said.</summary>
    public bool Flag(string member) => root.TryGet(Utf8(member), out var value) && value.Boolean();

    /// <summary>A structure or list that may be required.</summary>
    public RequestValue? Member(string member, bool required)
    {
        if (root.TryGet(Utf8(member), out var value))
        {
            return value;
        }

        Missing(required, Camel(member));
        return null;
    }

    /// <summary>Any text of a nested structure.</summary>
    public string? TextOf(RequestValue parent, string member, string path, bool required, int least, int most)
    {
        if (!parent.TryGet(Utf8(member), out var found))
        {
            Missing(required, path);
            return null;
        }

        var value = found.Text();
        if (value.Length < least)
        {
            Violation(value, path, $"Member must have length greater than or equal to {least}");
        }
        else if (value.Length > most && Characters(value) > most)
        {
            Violation(value, path, $"Member must have length less than or equal to {most}");
        }

        return value;
    }

    /// <summary>How many characters a text has, those outside the basic plane counted once.</summary>
    public static int Characters(string value) => value.Length - value.Count(char.IsLowSurrogate);

    /// <summary>Whether a text could name a stream, shard or consumer.</summary>
    public static bool IsName(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private void Missing(bool required, string path)
    {
        if (required)
        {
            Violation(null, path, "Member must not be null");
        }
    }

    // The service's messages write a member with a small first letter: streamName, but streamARN.
    private static string Camel(string member) => char.ToLowerInvariant(member[0]) + member[1..];

    private static byte[] Utf8(string member) => Encoding.UTF8.GetBytes(member);
}
