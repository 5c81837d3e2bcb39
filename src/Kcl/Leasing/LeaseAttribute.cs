namespace Kcl.Leasing;

/// <summary>
/// The value of an attribute that a lease may lack. In a change, no value removes the attribute; in a condition, it requires its absence.
/// </summary>
/// <typeparam name="T">The attribute's type.</typeparam>
public readonly record struct LeaseAttribute<T>
    where T : struct
{
    /// <summary>Creates a value.</summary>
    /// <param name="value">The value; null if the attribute is absent.</param>
    public LeaseAttribute(T? value) => Value = value;

    /// <summary>Gets the value; null if the attribute is absent.</summary>
    public T? Value { get; }
}
