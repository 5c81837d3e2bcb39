using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Http;

/// <summary>
/// Reads the members of a request and collects violations of the service's model, so that one <c>ValidationException</c> lists all of them,
/// as the service's front end does. A member of the wrong kind throws a <c>SerializationException</c> immediately.
/// </summary>
/// <remarks>
/// A required member that is missing is recorded as a violation. Its method then returns a default value; <see cref="ThrowIfInvalid"/>
/// reports the violation.
/// </remarks>
internal readonly partial struct Parameters
{
    private const string NamePattern = "[a-zA-Z0-9_.-]+";
    private const int MaxArnLength = 2048;
    private const int MaxMemberLength = 64;
    private readonly RequestValue _value;
    private readonly List<string> _violations;
    private readonly string _path;

    public Parameters(RequestValue root)
        : this(root, [], "")
    {
    }

    private Parameters(RequestValue value, List<string> violations, string path)
    {
        _value = value;
        _violations = violations;
        _path = path;
    }

    /// <summary>Throws if anything read so far violates the model.</summary>
    /// <exception cref="ServiceErrorException">There is at least one violation.</exception>
    public void ThrowIfInvalid()
    {
        if (_violations.Count > 0)
        {
            throw ServiceErrors.ConstraintsViolated(_violations);
        }
    }

    /// <summary>Records a violation: <c>Value … at '…' failed to satisfy constraint: …</c>.</summary>
    public void AddViolation(string? value, string member, string constraint) => _violations.Add(
        $"Value {(value is null ? "null" : $"'{value}'")} at '{_path}{CamelCase(member)}' failed to satisfy constraint: {constraint}");

    /// <summary>Reads an optional name of a stream, shard or consumer.</summary>
    public string? ReadOptionalName(string member) => CheckName(member, ReadOptionalText(member, max: 128));

    /// <summary>Reads the name of a stream, shard or consumer.</summary>
    public string ReadRequiredName(string member) => CheckName(member, ReadRequiredText(member, max: 128)) ?? "";

    /// <summary>Reads an optional text; null if it is missing.</summary>
    /// <param name="member">The member.</param>
    /// <param name="max">The maximum length in characters.</param>
    /// <param name="min">The minimum length in characters.</param>
    public string? ReadOptionalText(string member, int max, int min = 1)
    {
        if (!TryGet(member, out var found))
        {
            return null;
        }

        var text = found.GetText();
        if (text.Length < min)
        {
            AddViolation(text, member, $"Member must have length greater than or equal to {min}");
        }
        else if (text.Length > max && CountCharacters(text) > max)
        {
            AddViolation(text, member, $"Member must have length less than or equal to {max}");
        }

        return text;
    }

    /// <summary>Reads a text.</summary>
    public string? ReadRequiredText(string member, int max, int min = 1) =>
        ReadOptionalText(member, max, min) ?? AddMissing(member);

    /// <summary>Reads an optional ARN.</summary>
    public string? ReadOptionalArn(string member) => ReadOptionalText(member, MaxArnLength);

    /// <summary>Reads an ARN.</summary>
    public string? ReadRequiredArn(string member) => ReadRequiredText(member, MaxArnLength);

    /// <summary>Reads an optional text that is one of several values.</summary>
    public string? ReadOptionalOneOf(string member, params ReadOnlySpan<string> values)
    {
        var text = ReadOptionalText(member, int.MaxValue, min: 0);
        if (text is not null && !values.Contains(text))
        {
            AddViolation(text, member, $"Member must satisfy enum value set: [{string.Join(", ", values!)}]");
        }

        return text;
    }

    /// <summary>Reads a text that is one of several values.</summary>
    public string? ReadRequiredOneOf(string member, params ReadOnlySpan<string> values) =>
        ReadOptionalOneOf(member, values) ?? AddMissing(member);

    /// <summary>Reads an optional decimal number without a sign or leading zeros.</summary>
    /// <param name="member">The member.</param>
    /// <param name="max">The maximum number of digits.</param>
    public string? ReadOptionalDigits(string member, int max)
    {
        var text = ReadOptionalText(member, int.MaxValue, min: 0);
        if (text is not null && !IsNumber(text, max))
        {
            AddViolation(text, member, $"Member must satisfy regular expression pattern: 0|([1-9]\\d{{0,{max - 1}}})");
        }

        return text;
    }

    /// <summary>Reads a decimal number without a sign or leading zeros.</summary>
    public string? ReadRequiredDigits(string member, int max) => ReadOptionalDigits(member, max) ?? AddMissing(member);

    /// <summary>Reads an optional integer.</summary>
    public int? ReadOptionalInteger(string member, int min, int max = int.MaxValue)
    {
        if (!TryGet(member, out var value))
        {
            return null;
        }

        var number = value.GetInteger();
        if (number < min)
        {
            AddViolation(Format(number), member, $"Member must have value greater than or equal to {min}");
        }
        else if (number > max)
        {
            AddViolation(Format(number), member, $"Member must have value less than or equal to {max}");
        }

        return (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }

    /// <summary>Reads an integer.</summary>
    public int ReadRequiredInteger(string member, int min, int max = int.MaxValue)
    {
        var number = ReadOptionalInteger(member, min, max);
        _ = number is null ? AddMissing(member) : null;
        return number ?? 0;
    }

    /// <summary>Reads an optional instant, in milliseconds since the Unix epoch.</summary>
    public long? ReadOptionalTimestamp(string member) => TryGet(member, out var value) ? value.GetTimestamp() : null;

    /// <summary>Reads an optional Boolean value; false if it is missing.</summary>
    public bool ReadOptionalFlag(string member) => TryGet(member, out var value) && value.GetBoolean();

    /// <summary>Returns whether a member is present and not null.</summary>
    public bool Has(string member) => TryGet(member, out _);

    /// <summary>Reads an optional structure; its violations are collected with those of the request.</summary>
    public Parameters? ReadOptionalStructure(string member) =>
        TryGet(member, out var value) ? new Parameters(value, _violations, $"{_path}{CamelCase(member)}.") : null;

    /// <summary>Reads a structure; its violations are collected with those of the request.</summary>
    public Parameters? ReadRequiredStructure(string member)
    {
        var structure = ReadOptionalStructure(member);
        _ = structure is null ? AddMissing(member) : null;
        return structure;
    }

    /// <summary>Returns an item of a list as a structure.</summary>
    /// <param name="member">The list.</param>
    /// <param name="number">The item's number, counted from 1.</param>
    /// <param name="item">The item.</param>
    public Parameters ItemOf(string member, int number, RequestValue item) =>
        new(item, _violations, string.Create(CultureInfo.InvariantCulture, $"{_path}{CamelCase(member)}.{number}.member."));

    /// <summary>Reads an optional value of any kind.</summary>
    public RequestValue? ReadOptionalValue(string member) => TryGet(member, out var value) ? value : null;

    /// <summary>Reads a value of any kind.</summary>
    public RequestValue? ReadRequiredValue(string member)
    {
        var value = ReadOptionalValue(member);
        _ = value is null ? AddMissing(member) : null;
        return value;
    }

    /// <summary>Reads the stream of a request: <c>StreamName</c>, <c>StreamARN</c>, or both if they agree.</summary>
    /// <returns>The name of the stream; null if the request has none. See <see cref="RequireStream"/>.</returns>
    public string? ReadStreamName()
    {
        var name = ReadOptionalName("StreamName");
        var arn = ReadOptionalArn("StreamARN");
        if (arn is null)
        {
            return name;
        }

        if (StreamOfArn(arn) is not { } named)
        {
            AddViolation(arn, "StreamARN", "Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+");
            return name;
        }

        return name is null || name == named ? named : throw ServiceErrors.StreamNameAndArnDiffer(name, arn);
    }

    /// <summary>Returns the stream of a request, after all its members were read.</summary>
    /// <exception cref="ServiceErrorException">The request violates the model, or names no stream.</exception>
    public string RequireStream(string? stream)
    {
        ThrowIfInvalid();
        return stream ?? throw ServiceErrors.StreamRequired();
    }

    /// <summary>
    /// Returns the name in a stream's ARN; null if the text is not the ARN of a stream. The account and region are ignored, because the
    /// server has only one of each.
    /// </summary>
    public static string? StreamOfArn(string arn)
    {
        var match = StreamArnPattern().Match(arn);
        return match.Success && KinesisNames.IsValid(match.Groups[1].Value) ? match.Groups[1].Value : null;
    }

    private bool TryGet(string member, out RequestValue value)
    {
        Span<byte> utf8 = stackalloc byte[MaxMemberLength];
        return _value.TryGet(utf8[..Encoding.UTF8.GetBytes(member, utf8)], out value);
    }

    private string? CheckName(string member, string? value)
    {
        // A length that is not valid has already been recorded.
        if (value is not null && value.AsSpan().ContainsAnyExcept(KinesisNames.Characters))
        {
            AddViolation(value, member, $"Member must satisfy regular expression pattern: {NamePattern}");
        }

        return value;
    }

    private string? AddMissing(string member)
    {
        AddViolation(null, member, "Member must not be null");
        return null;
    }

    private static bool IsNumber(string text, int maxDigits) =>
        text.Length > 0
        && text.Length <= maxDigits
        && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || text.Length == 1);

    // Returns the number of characters; a surrogate pair counts as one.
    private static int CountCharacters(string text) => text.Length - text.Count(char.IsLowSurrogate);

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);

    // The service's messages contain the name of a member with a small first letter: streamName, streamARN.
    private static string CamelCase(string member) => char.ToLowerInvariant(member[0]) + member[1..];

    [GeneratedRegex(@"^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream/([^/\s]+)$")]
    private static partial Regex StreamArnPattern();
}
