using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Kinesis;

public class PartitionKeyHashTests
{
    [Theory]
    [InlineData("pk1", "329398341438914906102347661116985167824")]
    [InlineData("pk2", "122875064651314509700510597659732835739")]
    [InlineData("a", "16955237001963240173058271559858726497")]
    [InlineData("é", "136732923097551493579404309126273812335")]
    public void A_key_hashes_as_in_the_service(string key, string hashKey) =>
        Assert.Equal(UInt128.Parse(hashKey, null), PartitionKeyHash.Compute(key));

    [Fact]
    public void Every_length_agrees_with_the_platform()
    {
        for (var length = 0; length <= 300; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            Assert.Equal(Reference(bytes), PartitionKeyHash.Compute(bytes));
        }
    }

    [Fact]
    public void Every_text_agrees_with_the_platform() =>
        Gen.String[0, 400].Sample(key => PartitionKeyHash.Compute(key) == Reference(Encoding.UTF8.GetBytes(key)));

    [SuppressMessage("Security", "CA5351", Justification = "Kinesis places records by MD5.")]
    private static UInt128 Reference(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(MD5.HashData(bytes));
}
