namespace Kcl;

/// <summary>The name of a stream: 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>.</summary>
public readonly record struct StreamName
{
    private readonly string? _value;

    /// <summary>Creates a stream name.</summary>
    /// <param name="value">The name.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid name.</exception>
    public StreamName(string value) => _value = KinesisNames.Require(value, "stream name");

    /// <summary>Gets the name.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This stream name was never set.");

    /// <summary>Reads a stream name.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The stream name.</param>
    /// <returns><see langword="true"/> if <paramref name="text"/> is a valid stream name.</returns>
    public static bool TryParse(string? text, out StreamName result)
    {
        var isValid = KinesisNames.IsValid(text);
        result = isValid ? new(text!) : default;
        return isValid;
    }

    /// <summary>Returns the name.</summary>
    public override string ToString() => _value ?? "";
}
