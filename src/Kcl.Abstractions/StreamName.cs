using System.Diagnostics.CodeAnalysis;

namespace Kcl;

/// <summary>The name of a stream: 1 to 128 characters from <c>a-z A-Z 0-9 _ . -</c>.</summary>
public readonly record struct StreamName
{
    private readonly string? _value;

    /// <summary>Creates a stream name.</summary>
    /// <param name="value">The name.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid name.</exception>
    public StreamName(string value) => _value = KinesisNames.Require(value, "stream name");

    /// <summary>Gets the name.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which has no name.</exception>
    public string Value => _value ?? throw new InvalidOperationException(
        "This StreamName is the default value and has no name. Create one with new StreamName(name).");

    /// <summary>Parses a stream name.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The stream name; the default value if <paramref name="text"/> is not valid.</param>
    /// <returns>True if <paramref name="text"/> is a valid stream name; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamName result)
    {
        var isValid = KinesisNames.IsValid(text);
        result = isValid ? new(text!) : default;
        return isValid;
    }

    /// <summary>Returns the name; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
