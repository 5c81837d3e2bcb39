using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Http;

/// <summary>
/// Reads the members of a request and collects violations of the service's model, so that one <c>ValidationException</c> lists all of them,
/// as the service's front end does. A member of the wrong kind throws a <c>SerializationException</c> immediately.
/// </summary>
/// <remarks>A required member that is missing is recorded as a violation; its value is then a default one until
/// <see cref="ThrowIfInvalid"/> is called.</remarks>
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
    public string? OptionalName(string member) => CheckName(member, OptionalText(member, max: 128));

    /// <summary>Reads the name of a stream, shard or consumer.</summary>
    public string RequiredName(string member) => CheckName(member, RequiredText(member, max: 128)) ?? "";

    /// <summary>Reads an optional text.</summary>
    /// <param name="member">The member.</param>
    /// <param name="max">The maximum length in characters.</param>
    /// <param name="min">The minimum length in characters.</param>
    public string? OptionalText(string member, int max, int min = 1)
    {
        if (!TryGet(member, out var found))
        {
            return null;
        }

        var text = found.Text();
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
    public string? RequiredText(string member, int max, int min = 1) =>
        OptionalText(member, max, min) ?? AddMissing(member);

    /// <summary>Reads an optional ARN.</summary>
    public string? OptionalArn(string member) => OptionalText(member, MaxArnLength);

    /// <summary>Reads an ARN.</summary>
    public string? RequiredArn(string member) => RequiredText(member, MaxArnLength);

    /// <summary>Reads an optional text that is one of several values.</summary>
    public string? OptionalOneOf(string member, params ReadOnlySpan<string> values)
    {
        var text = OptionalText(member, int.MaxValue, min: 0);
        if (text is not null && !values.Contains(text))
        {
            AddViolation(text, member, $"Member must satisfy enum value set: [{string.Join(", ", values!)}]");
        }

        return text;
    }

    /// <summary>Reads a text that is one of several values.</summary>
    public string? RequiredOneOf(string member, params ReadOnlySpan<string> values) => OptionalOneOf(member, values) ?? AddMissing(member);

    /// <summary>Reads an optional decimal number without a sign or leading zeros.</summary>
    /// <param name="member">The member.</param>
    /// <param name="max">The maximum number of digits.</param>
    public string? OptionalDigits(string member, int max)
    {
        var text = OptionalText(member, int.MaxValue, min: 0);
        if (text is not null && !IsNumber(text, max))
        {
            AddViolation(text, member, $"Member must satisfy regular expression pattern: 0|([1-9]\\d{{0,{max - 1}}})");
        }

        return text;
    }

    /// <summary>Reads a decimal number without a sign or leading zeros.</summary>
    public string? RequiredDigits(string member, int max) => OptionalDigits(member, max) ?? AddMissing(member);

    /// <summary>Reads an optional integer.</summary>
    public int? OptionalInteger(string member, int min, int max = int.MaxValue)
    {
        if (!TryGet(member, out var value))
        {
            return null;
        }

        var number = value.Integer();
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
    public int RequiredInteger(string member, int min, int max = int.MaxValue)
    {
        var number = OptionalInteger(member, min, max);
        _ = number is null ? AddMissing(member) : null;
        return number ?? 0;
    }

    /// <summary>Reads an optional instant, in milliseconds since the epoch.</summary>
    public long? OptionalTimestamp(string member) => TryGet(member, out var value) ? value.Timestamp() : null;

    /// <summary>Reads an optional Boolean value; <see langword="false"/> if it is missing.</summary>
    public bool OptionalFlag(string member) => TryGet(member, out var value) && value.Boolean();

    /// <summary>Returns a value indicating whether a member is present and not null.</summary>
    public bool Has(string member) => TryGet(member, out _);

    /// <summary>Reads an optional structure; its violations are collected with those of the request.</summary>
    public Parameters? OptionalStructure(string member) =>
        TryGet(member, out var value) ? new Parameters(value, _violations, $"{_path}{CamelCase(member)}.") : null;

    /// <summary>Reads a structure; its violations are collected with those of the request.</summary>
    public Parameters? RequiredStructure(string member)
    {
        var structure = OptionalStructure(member);
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
    public RequestValue? OptionalValue(string member) => TryGet(member, out var value) ? value : null;

    /// <summary>Reads a value of any kind.</summary>
    public RequestValue? RequiredValue(string member)
    {
        var value = OptionalValue(member);
        _ = value is null ? AddMissing(member) : null;
        return value;
    }

    /// <summary>Reads which stream a request is about: <c>StreamName</c>, <c>StreamARN</c>, or both if they agree.</summary>
    /// <returns>The stream's name; null if the request names none. See <see cref="RequireStream"/>.</returns>
    public string? StreamName()
    {
        var name = OptionalName("StreamName");
        var arn = OptionalArn("StreamARN");
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

    /// <summary>Returns the stream that a request is about, after all its members were read.</summary>
    /// <exception cref="ServiceErrorException">The request violates the model, or names no stream.</exception>
    public string RequireStream(string? stream)
    {
        ThrowIfInvalid();
        return stream ?? throw ServiceErrors.StreamRequired();
    }

    /// <summary>
    /// Returns the name in a stream's ARN; null if the text is not the ARN of a stream. Account and region are ignored: the server has
    /// one of each.
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

    // The characters of a text; a surrogate pair counts once.
    private static int CountCharacters(string text) => text.Length - text.Count(char.IsLowSurrogate);

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);

    // The service's messages write a member with a small first letter: streamName, but streamARN.
    private static string CamelCase(string member) => char.ToLowerInvariant(member[0]) + member[1..];

    [GeneratedRegex(@"^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream/([^/\s]+)$")]
    private static partial Regex StreamArnPattern();
}
