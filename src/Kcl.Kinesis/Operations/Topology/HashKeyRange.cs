namespace Kcl.Kinesis;

/// <summary>The hash keys of one shard, both ends included.</summary>
/// <param name="Start">The first hash key.</param>
/// <param name="End">The last hash key.</param>
public readonly record struct HashKeyRange(UInt128 Start, UInt128 End)
{
    /// <summary>Gets the range of all hash keys: 0 … 2^128 − 1.</summary>
    public static HashKeyRange Whole => new(UInt128.Zero, UInt128.MaxValue);

    /// <summary>Returns whether a hash key is in the range.</summary>
    /// <param name="hashKey">The key.</param>
    public bool Contains(UInt128 hashKey) => hashKey >= Start && hashKey <= End;
}
