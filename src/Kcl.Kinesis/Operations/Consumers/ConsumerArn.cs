using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>
/// The ARN of a registered fan-out consumer: <c>arn:partition:kinesis:region:account:stream/name/consumer/name:epoch</c>.
/// </summary>
public readonly record struct ConsumerArn : IParsable<ConsumerArn>
{
    private const string Separator = "/consumer/";
    private readonly string? _value;

    private ConsumerArn(string value, StreamArn stream, string consumerName)
    {
        _value = value;
        Stream = stream;
        ConsumerName = consumerName;
    }

    /// <summary>Gets the stream of the consumer.</summary>
    public StreamArn Stream { get; }

    /// <summary>Gets the consumer's name.</summary>
    public string ConsumerName { get; }

    /// <summary>Gets the whole ARN.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which has no ARN.</exception>
    public string Value => _value ?? throw new InvalidOperationException(
        "This ConsumerArn is the default value and has no ARN. Create one with ConsumerArn.Parse(text).");

    /// <summary>Parses the ARN of a consumer. Some servers omit the creation time at its end, which is in seconds.</summary>
    /// <param name="text">The text.</param>
    /// <param name="result">The ARN; the default value if <paramref name="text"/> is not the ARN of a consumer.</param>
    /// <returns>True if <paramref name="text"/> is the ARN of a consumer; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConsumerArn result)
    {
        result = default;
        var cut = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (cut < 0 || !StreamArn.TryParse(text![..cut], out var stream))
        {
            return false;
        }

        var rest = text.AsSpan(cut + Separator.Length);
        var colon = rest.IndexOf(':');
        var name = (colon < 0 ? rest : rest[..colon]).ToString();
        if (!KinesisNames.IsValid(name)
            || (colon >= 0 && (rest.Length == colon + 1 || rest[(colon + 1)..].ContainsAnyExceptInRange('0', '9'))))
        {
            return false;
        }

        result = new(text, stream, name);
        return true;
    }

    /// <summary>Parses the ARN of a consumer.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The ARN.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not the ARN of a consumer.</exception>
    public static ConsumerArn Parse(string text) => TryParse(text, out var result)
        ? result
        : throw new FormatException(
            $"'{text}' is not the ARN of a fan-out consumer; it must have the form "
                + "arn:aws:kinesis:<region>:<12-digit account>:stream/<stream>/consumer/<name>:<seconds>.");

    /// <inheritdoc />
    static ConsumerArn IParsable<ConsumerArn>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc />
    static bool IParsable<ConsumerArn>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ConsumerArn result) =>
        TryParse(s, out result);

    /// <summary>Returns the whole ARN; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
