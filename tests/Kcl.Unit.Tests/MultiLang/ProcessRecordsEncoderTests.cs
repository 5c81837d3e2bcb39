using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public sealed class ProcessRecordsEncoderTests
{
    // The line ends of Python's splitlines. Other readers have fewer.
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    private static readonly Gen<string> Keys =
        Gen.Char["a\"\\\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029°—é"].Array[0, 30].Select(c => new string(c));

    private static readonly Gen<KinesisRecord> Records = Gen.Select(
        Gen.Byte.Array[0, 400],
        Gen.Char.Array[0, 40].Select(c => c is ['-', ..] ? null : new string(c)),
        Gen.ULong,
        Gen.Long[0, 100],
        Gen.Long[-1, 2_000_000_000_000],
        (data, key, number, sub, at) =>
            new KinesisRecord(data, Utf8(key), Encoding.ASCII.GetBytes($"4968050{number}"), sub, at < 0 ? KinesisRecord.NoTimestamp : at));

    [Fact]
    public void Java_s_bytes_for_a_record()
    {
        var record = new KinesisRecord(
            new byte[] { 0xfb, 0xff, 0x80, 0, 1 },
            "k",
            SequenceNumber.Parse("4959"),
            3,
            DateTimeOffset.FromUnixTimeMilliseconds(1476889707123));

        Assert.Equal(
            """{"action":"processRecords","records":[{"data":"+/+AAAE=","partitionKey":"k","sequenceNumber":"4959","approximateArrivalTimestamp":1476889707123,"subSequenceNumber":3,"action":"record"}],"millisBehindLatest":0}"""
                + "\n",
            Encode([record], 0, 4096));
    }

    [Fact]
    public void Java_s_bytes_for_a_record_without_a_partition_key()
    {
        KinesisRecord[] records =
        [
            new("one"u8.ToArray(), null, SequenceNumber.Parse("4959"), 0, DateTimeOffset.UnixEpoch),
            new("two"u8.ToArray(), "", SequenceNumber.Parse("4960"), 0, DateTimeOffset.UnixEpoch),
        ];

        Assert.Equal(
            """{"action":"processRecords","records":[{"data":"b25l","partitionKey":null,"sequenceNumber":"4959","approximateArrivalTimestamp":0,"subSequenceNumber":0,"action":"record"},"""
            + """{"data":"dHdv","partitionKey":"","sequenceNumber":"4960","approximateArrivalTimestamp":0,"subSequenceNumber":0,"action":"record"}],"millisBehindLatest":0}""" + "\n",
            Encode(records, 0, 4096));
    }

    [Fact]
    public void An_empty_batch_and_unknown_lag() =>
        Assert.Equal("""{"action":"processRecords","records":[],"millisBehindLatest":null}""" + "\n", Encode([], null, 4096));

    [Theory]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("\b\t\n\f\r\u0001\u001f", "\\b\\t\\n\\f\\r\\u0001\\u001F")]
    [InlineData("/\u007fé✓\U0001F600", "/\u007fé✓\U0001F600")]
    [InlineData("°—\u00a0\u2026\u2027\u202a", "°—\u00a0\u2026\u2027\u202a")]
    public void Partition_keys_are_escaped_as_Jackson_does(string key, string expected) =>
        Assert.Contains(
            $"\"partitionKey\":\"{expected}\"",
            Encode([new(default(ReadOnlyMemory<byte>), key, SequenceNumber.Parse("1"))], 0, 4096),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("a\u2028b", "a\\u2028b")]
    [InlineData("\u2029\u0085", "\\u2029\\u0085")]
    [InlineData("é\u0085\"\u2028", "é\\u0085\\\"\\u2028")]
    public void What_ends_a_line_for_some_readers_is_escaped_in_partition_keys(string key, string expected)
    {
        var line = Encode([new(default(ReadOnlyMemory<byte>), key, SequenceNumber.Parse("1"))], 0, 4096);

        Assert.Contains($"\"partitionKey\":\"{expected}\"", line, StringComparison.Ordinal);
        Assert.Equal(key, JsonDocument.Parse(line).RootElement.GetProperty("records")[0].GetProperty("partitionKey").GetString());
    }

    [Fact]
    public void No_key_makes_two_lines_for_any_reader() => Keys.Sample(key =>
    {
        var line = Encode([new(default(ReadOnlyMemory<byte>), key, SequenceNumber.Parse("1"))], 0, 4096);

        Assert.Equal(-1, line[..^1].AsSpan().IndexOfAny(LineEnds));
        Assert.Equal(key, JsonDocument.Parse(line).RootElement.GetProperty("records")[0].GetProperty("partitionKey").GetString());
    });

    [Theory]
    [InlineData("1\"}],\"millisBehindLatest\":0}\n{\"action\":\"shardEnded\"}\n")]
    [InlineData("\u2028")]
    [InlineData("")]
    [InlineData("-1")]
    public void A_sequence_number_that_is_none_stays_inside_its_string(string number)
    {
        var line = Encode([new(default, "k"u8.ToArray(), Encoding.UTF8.GetBytes(number), 0, 0)], 0, 512);

        Assert.Equal(line.Length - 1, line.IndexOfAny(['\n', '\u2028']));
        Assert.Equal(number, JsonDocument.Parse(line).RootElement.GetProperty("records")[0].GetProperty("sequenceNumber").GetString());
    }

    [Fact]
    public void Bytes_that_are_no_text_do_not_break_the_line()
    {
        var line = Encode([new(default, new byte[] { 0x61, 0xff, 0x22 }, "1"u8.ToArray(), 0, 0)], 0, 4096);

        Assert.Equal("a\ufffd\"", JsonDocument.Parse(line).RootElement.GetProperty("records")[0].GetProperty("partitionKey").GetString());
    }

    [Fact]
    public void The_line_does_not_depend_on_the_room_it_is_given() => Gen.Select(
        Records.Array[0, 20],
        Gen.Int[512, 5000]).Sample((records, room) =>
    {
        var whole = Encode(records, 7, 1 << 20);
        Assert.Equal(whole, Encode(records, 7, room));
        var parsed = JsonDocument.Parse(whole).RootElement.GetProperty("records");
        Assert.Equal(records.Length, parsed.GetArrayLength());
        for (var i = 0; i < records.Length; i++)
        {
            Assert.Equal(records[i].Data.ToArray(), parsed[i].GetProperty("data").GetBytesFromBase64());
            Assert.Equal(records[i].PartitionKey, parsed[i].GetProperty("partitionKey").GetString());
        }
    });

    [Fact]
    public async Task A_batch_larger_than_the_buffer_passes_through_it()
    {
        var data = new byte[1_000_001];
        var output = new RecordingStream();
        var writer = new DaemonMessageWriter(output, 4096);

        await writer.WriteProcessRecordsAsync(
            [new(data, new string('k', 20_000), SequenceNumber.Parse("1"))],
            0,
            TestContext.Current.CancellationToken);

        Assert.True(output.LargestWrite < 200_000);
        Assert.Equal(
            data,
            JsonDocument.Parse(output.ToArray()).RootElement.GetProperty("records")[0].GetProperty("data").GetBytesFromBase64());
        Assert.Equal(output.Length, writer.BytesWritten);
    }

    [Fact]
    public async Task Nothing_is_allocated_per_record()
    {
        var records = Enumerable.Range(0, 10_000)
            .Select(i => new KinesisRecord(new byte[100], $"key-{i}", SequenceNumber.Parse($"{i}"), 0, DateTimeOffset.UnixEpoch))
            .ToArray();
        var writer = new DaemonMessageWriter(Stream.Null);
        await writer.WriteProcessRecordsAsync(records, 0, TestContext.Current.CancellationToken);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await writer.WriteProcessRecordsAsync(records, 0, TestContext.Current.CancellationToken);

        // The smallest object has 24 bytes. A collection may have emptied the pool, so that a buffer is allocated again.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, records.Length * 2);
    }

    private static ReadOnlyMemory<byte>? Utf8(string? key) => key is null ? null : new(Encoding.UTF8.GetBytes(key));

    private static string Encode(IReadOnlyList<KinesisRecord> records, long? millis, int room)
    {
        var encoder = new ProcessRecordsEncoder(records, millis);
        var all = new MemoryStream();
        while (!encoder.IsDone)
        {
            var buffer = new byte[Math.Max(room, encoder.RoomNeeded)];
            var written = encoder.Encode(buffer);
            Assert.True(written > 0 || encoder.IsDone);
            all.Write(buffer, 0, written);
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    private sealed class RecordingStream : MemoryStream
    {
        public int LargestWrite { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
