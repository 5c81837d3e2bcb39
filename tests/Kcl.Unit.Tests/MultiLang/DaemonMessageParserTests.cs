using System.Text;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public sealed class DaemonMessageParserTests
{
    private static readonly Gen<string?> Key = Gen.OneOf(Gen.String[0, 30].Select(key => (string?)key), Gen.Const((string?)null));
    private static readonly Gen<(byte[], string?, long)[]> Rows = Gen.Select(Gen.Byte.Array[0, 300], Key, Gen.Long[0, 99]).Array[0, 30];

    [Fact]
    public void Keys_in_any_order_unknown_ones_escapes_and_nulls()
    {
        var message = Parse("""
            {"millisBehindLatest":"5","extra":{"records":[1]},"records":[{"action":"record","schema":{"a":[]},"partitionKey":"a\"\u00e9\\n","data":"aGV\/","sequenceNumber":456,"subSequenceNumber":null,"approximateArrivalTimestamp":1476889707123.0},{"data":null,"partitionKey":null,"sequenceNumber":"7"},{"data":"","sequenceNumber":"8"},{"data":"","partitionKey":"","sequenceNumber":"9"}],"action":"processRecords"}
            """);

        Assert.Equal("processRecords", message.Action);
        Assert.Equal(5, message.MillisBehindLatest);
        Assert.Equal(4, message.Records.Count);
        var record = message.Records[0];
        Assert.Equal(Convert.FromBase64String("aGV/"), record.Data.ToArray());
        Assert.Equal("a\"é\\n", record.PartitionKey);
        Assert.Equal(SequenceNumber.Parse("456"), record.SequenceNumber);
        Assert.Equal(1476889707123, record.ApproximateArrivalMilliseconds);
        Assert.Empty(message.Records[1].Data.ToArray());
        Assert.Equal([null, null, ""], message.Records.Skip(1).Select(r => r.PartitionKey));
        Assert.Equal(KinesisRecord.NoTimestamp, message.Records[1].ApproximateArrivalMilliseconds);
    }

    [Fact]
    public void What_our_writer_writes_is_read_back() => Rows.Sample(rows =>
    {
        var number = SequenceNumber.Parse("4968");
        var records = rows.Select(r => new KinesisRecord(r.Item1, r.Item2, number, r.Item3, DateTimeOffset.UnixEpoch)).ToArray();
        var encoder = new ProcessRecordsEncoder(records, null);
        var buffer = new byte[100_000];
        var length = encoder.Encode(buffer);
        Assert.True(encoder.IsDone);

        var read = DaemonMessageParser.Parse(buffer.AsMemory(0, length - 1)).Records;

        Assert.Equal(records.Length, read.Count);
        for (var i = 0; i < records.Length; i++)
        {
            Assert.Equal(records[i].Data.ToArray(), read[i].Data.ToArray());
            Assert.Equal(records[i].PartitionKey, read[i].PartitionKey);
            Assert.Equal(records[i].SubSequenceNumber, read[i].SubSequenceNumber);
        }
    });

    [Theory]
    [InlineData("gibberish")]
    [InlineData("[]")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"action\":\"processRecords\",\"records\":[1]}")]
    [InlineData("{\"action\":\"processRecords\",\"records\":[{\"data\":\"%%%%\"}]}")]
    [InlineData("{\"action\":\"processRecords\",\"records\":[{\"data\":[]}]}")]
    public void What_is_no_message_says_so(string line) => Assert.Throws<FormatException>(() => Parse(line));

    private static DaemonMessage Parse(string line) => DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(line));
}
