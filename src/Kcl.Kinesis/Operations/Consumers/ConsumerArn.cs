namespace Kcl.Kinesis;

/// <summary>The ARN of a registered fan-out consumer: <c>arn:partition:kinesis:region:account:stream/name/consumer/name:epoch</c>.</summary>
public readonly record struct ConsumerArn
{
    private const string Separator = "/consumer/";
    private readonly string? _value;

    private ConsumerArn(string value, StreamArn stream, string consumerName) => (_value, Stream, ConsumerName) = (value, stream, consumerName);

    /// <summary>The stream it reads.</summary>
    public StreamArn Stream { get; }

    /// <summary>The consumer's name.</summary>
    public string ConsumerName { get; }

    /// <summary>The whole ARN.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This consumer ARN was never set.");

    /// <summary>Reads an ARN. Some servers leave out the seconds of its creation at the end.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The ARN.</param>
    /// <returns>Whether <paramref name="text"/> is the ARN of a consumer.</returns>
    public static bool TryParse(string? text, out ConsumerArn result)
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
        if (!KinesisNames.IsValid(name) || (colon >= 0 && (rest.Length == colon + 1 || rest[(colon + 1)..].ContainsAnyExceptInRange('0', '9'))))
        {
            return false;
        }

        result = new(text, stream, name);
        return true;
    }

    /// <summary>Reads what <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The text to read.</param>
    /// <returns>The ARN.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not the ARN of a consumer.</exception>
    public static ConsumerArn Parse(string text) => TryParse(text, out var result)
        ? result
        : throw new FormatException($"'{text}' is not the ARN of a fan-out consumer: arn:aws:kinesis:<region>:<12-digit account>:stream/<stream>/consumer/<name>:<seconds>.");

    /// <summary>The whole ARN.</summary>
    public override string ToString() => _value ?? "";
}
