namespace Kcl.Kinesis;

/// <summary>A range of hash keys. Both ends are part of the range.</summary>
public readonly record struct HashKeyRange
{
    /// <summary>Creates a range.</summary>
    /// <param name="start">The first hash key.</param>
    /// <param name="end">The last hash key.</param>
    public HashKeyRange(UInt128 start, UInt128 end)
    {
        Start = start;
        End = end;
    }

    /// <summary>Gets the range of all hash keys: 0 … 2^128 − 1.</summary>
    public static HashKeyRange Whole => new(UInt128.Zero, UInt128.MaxValue);

    /// <summary>Gets the first hash key.</summary>
    public UInt128 Start { get; init; }

    /// <summary>Gets the last hash key.</summary>
    public UInt128 End { get; init; }

    /// <summary>Returns whether a hash key is in the range.</summary>
    /// <param name="hashKey">The key.</param>
    public bool Contains(UInt128 hashKey) => hashKey >= Start && hashKey <= End;
}
