using System.Text;
using Kcl.Kinesis.Hashing;

namespace Kcl.Kinesis;

/// <summary>Computes hash keys of partition keys. The shard whose range contains the hash key stores the record.</summary>
/// <remarks>The MD5 of the key's UTF-8, as an unsigned big-endian number of 128 bits (documentation of <c>PutRecord</c>).</remarks>
public static class PartitionKeyHash
{
    private const int MaxBytesOnStack = 1024; // 256 characters of 4 bytes: the maximum length of a key

    /// <summary>Hashes a partition key.</summary>
    /// <param name="partitionKey">The key.</param>
    /// <returns>Its hash key.</returns>
    public static UInt128 Compute(string partitionKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        var length = Encoding.UTF8.GetMaxByteCount(partitionKey.Length);
        var utf8 = length <= MaxBytesOnStack ? stackalloc byte[length] : new byte[length];
        return Compute(utf8[..Encoding.UTF8.GetBytes(partitionKey, utf8)]);
    }

    /// <summary>Hashes a partition key that is already UTF-8.</summary>
    /// <param name="utf8">The key.</param>
    /// <returns>Its hash key.</returns>
    public static UInt128 Compute(ReadOnlySpan<byte> utf8) => Md5.Hash(utf8);
}
