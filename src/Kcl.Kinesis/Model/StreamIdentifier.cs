using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>Identifies a stream: by name in the caller's account and region, or by ARN.</summary>
public readonly record struct StreamIdentifier : IParsable<StreamIdentifier>
{
    /// <summary>Identifies a stream in the account and region of the caller.</summary>
    /// <param name="name">The name.</param>
    public StreamIdentifier(StreamName name) => Name = name;

    /// <summary>Identifies a stream by its ARN, in any account.</summary>
    /// <param name="arn">The ARN.</param>
    public StreamIdentifier(StreamArn arn)
    {
        Name = arn.StreamName;
        Arn = arn;
    }

    /// <summary>Gets the stream's name.</summary>
    public StreamName Name { get; }

    /// <summary>Gets the stream's ARN; null if the stream is identified by name.</summary>
    public StreamArn? Arn { get; }

    /// <summary>Identifies a stream in the account and region of the caller.</summary>
    public static implicit operator StreamIdentifier(StreamName name) => new(name);

    /// <summary>Identifies a stream by its ARN.</summary>
    public static implicit operator StreamIdentifier(StreamArn arn) => new(arn);

    /// <summary>Parses the name or the ARN of a stream.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is neither a name nor an ARN.</exception>
    public static StreamIdentifier Parse(string text) => TryParse(text, out var result)
        ? result
        : throw new FormatException(
            $"'{text}' is not a stream; it must be a name of 1 to 128 characters from a-z, A-Z, 0-9, '_', '.' and '-', or an ARN like "
                + "arn:aws:kinesis:<region>:<12-digit account>:stream/<name>.");

    /// <summary>Parses the name or the ARN of a stream.</summary>
    /// <param name="text">The text.</param>
    /// <param name="result">The stream; the default value if <paramref name="text"/> is neither a name nor an ARN.</param>
    /// <returns>True if <paramref name="text"/> is a name or an ARN; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamIdentifier result)
    {
        result = default;
        if (StreamArn.TryParse(text, out var arn))
        {
            result = arn;
            return true;
        }

        if (!KinesisNames.IsValid(text))
        {
            return false;
        }

        result = new StreamName(text!);
        return true;
    }

    /// <inheritdoc />
    static StreamIdentifier IParsable<StreamIdentifier>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc />
    static bool IParsable<StreamIdentifier>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, out StreamIdentifier result) =>
        TryParse(s, out result);

    /// <summary>Returns the ARN if there is one; otherwise the name.</summary>
    public override string ToString() => Arn?.ToString() ?? Name.ToString();
}
