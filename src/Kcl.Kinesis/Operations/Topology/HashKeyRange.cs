namespace Kcl.Kinesis;

/// <summary>The hash keys one shard takes, both ends included.</summary>
/// <param name="Start">The first hash key.</param>
/// <param name="End">The last hash key.</param>
public readonly record struct HashKeyRange(UInt128 Start, UInt128 End)
{
    /// <summary>Every hash key there is: 0 … 2^128 − 1.</summary>
    public static HashKeyRange Whole => new(UInt128.Zero, UInt128.MaxValue);

    /// <summary>Whether a hash key falls into the range.</summary>
    /// <param name="hashKey">The key.</param>
    public bool Contains(UInt128 hashKey) => hashKey >= Start && hashKey <= End;
}
