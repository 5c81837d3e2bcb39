namespace Kcl.Leasing;

/// <summary>Identifies a worker: unique per running process.</summary>
public readonly record struct WorkerId
{
    private readonly string? _value;

    /// <summary>Creates an id.</summary>
    /// <param name="value">The text, not empty.</param>
    public WorkerId(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>The text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This worker id was never set.");

    /// <summary>The text.</summary>
    public override string ToString() => _value ?? "";
}
