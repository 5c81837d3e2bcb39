using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public class RecordDataTests
{
    /// <summary>Data is decoded in pieces. Lengths around the boundaries of pieces must not change the result.</summary>
    [Fact]
    public void Data_of_any_length_survives_both_ends() => Gen.Select(
        Gen.Byte,
        Gen.OneOf(Gen.Int[0, 20], Gen.Int[3060, 3085], Gen.Int[6140, 6150], Gen.Int[0, 100_000])).Sample((seed, length) =>
    {
        var data = Enumerable.Range(0, length).Select(i => (byte)((i * 31) + seed)).ToArray();
        var encoder = new ProcessRecordsEncoder(
            [new(data, "key", SequenceNumber.Parse("1")), new(data, "key", SequenceNumber.Parse("2"))],
            null);
        var large = new byte[(length * 4) + 2048];
        var written = encoder.Encode(large);
        var records = DaemonMessageParser.Parse(large.AsMemory(0, written - 1)).Records!;
        return encoder.IsDone && records.Count == 2 && records.All(record => record.Data.Span.SequenceEqual(data));
    });
}
