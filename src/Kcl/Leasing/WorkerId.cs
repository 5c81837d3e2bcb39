namespace Kcl;

/// <summary>The id of a worker, unique among the running workers of an application.</summary>
public readonly record struct WorkerId
{
    private readonly string? _value;

    /// <summary>Creates an id.</summary>
    /// <param name="value">The text of the id.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is null or empty.</exception>
    public WorkerId(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Gets the text of the id.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which is not an id.</exception>
    public string Value => _value
        ?? throw new InvalidOperationException("This WorkerId is the default value and has no text. Create one with new WorkerId(value).");

    /// <summary>Returns the text of the id; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
