using System.Text;
using System.Text.Json;
using CsCheck;
using Kcl.Kinesis;
using Kcl.Kinesis.Hashing;
using Kcl.Unit.Tests.Kinesis.Assets;

namespace Kcl.Unit.Tests.Kinesis.Aggregation;

public class DeaggregatorTests
{
    private static readonly SequenceNumber Number = SequenceNumber.Parse("49590338271490256608559692538361571095921575989136588898");
    private static readonly HashKeyRange Lower = new(0, (UInt128.One << 127) - 1);
    private static readonly HashKeyRange Upper = new(UInt128.One << 127, UInt128.MaxValue);

    public static TheoryData<int, string> Recorded =>
        [.. Asset.Lines("kpl-aggregates.jsonl")
            .Select((line, index) => new TheoryDataRow<int, string>(
                index,
                JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!))];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void The_Java_KCL_expands_it_in_the_same_way(int line, string name)
    {
        var recorded = JsonDocument.Parse(Asset.Lines("kpl-aggregates.jsonl")[line]).RootElement;
        var data = recorded.GetProperty("data").GetBytesFromBase64();
        var record = new KinesisRecord(
            data,
            recorded.GetProperty("partitionKey").GetString()!,
            Number,
            0,
            DateTimeOffset.FromUnixTimeMilliseconds(1700000000123));

        var whole = new Deaggregator(HashKeyRange.Whole).Expand([record], out var counts);
        var expected = recorded.GetProperty("wholeRange");
        if (name == "explicit hash key index out of range")
        {
            // The Java KCL loses the record. Here the partition key decides the shard, and a shard with the whole range accepts every key.
            AssertByPartitionKey(record);
            return;
        }

        if (expected.ValueKind == JsonValueKind.Object)
        {
            Assert.Same(record, Assert.Single(whole));
            Assert.Equal(1, counts.Malformed);
        }
        else
        {
            Assert.Equal(
                expected.EnumerateArray()
                    .Select(user => (
                        user.GetProperty("partitionKey").GetString(),
                        user.GetProperty("subSequenceNumber").GetInt64(),
                        user.GetProperty("data").GetString()!)),
                whole.Select(user => (user.PartitionKey, user.SubSequenceNumber, Convert.ToBase64String(user.Data.Span))));
            Assert.All(whole, user => Assert.Equal((Number, 1700000000123), (user.SequenceNumber, user.ApproximateArrivalMilliseconds)));
            Assert.Equal(0, counts.Malformed + counts.Misplaced);
        }

        AssertHalf(recorded.GetProperty("lowerHalfOfHashRange"), Lower, record);
        AssertHalf(recorded.GetProperty("upperHalfOfHashRange"), Upper, record);
    }

    [Fact]
    public void Plain_records_are_not_touched()
    {
        IReadOnlyList<KinesisRecord> records = [Plain("a"), Plain("b")];
        Assert.Same(records, new Deaggregator(Lower).Expand(records, out var counts));
        Assert.Equal(default, counts);
    }

    [Fact]
    public void User_records_are_slices_and_stand_in_order_between_plain_ones()
    {
        var aggregate = new RecordAggregator();
        Assert.True(aggregate.TryAdd(new("1"u8.ToArray(), "k1")));
        Assert.True(aggregate.TryAdd(new("2"u8.ToArray(), "k2")));
        var data = aggregate.Build().Data.ToArray();
        IReadOnlyList<KinesisRecord> records = [Plain("a"), new(data, "a", Number), Plain("b")];
        var expanded = new Deaggregator(HashKeyRange.Whole).Expand(records, out var counts);

        Assert.Equal(["a", "k1", "k2", "b"], expanded.Select(record => record.PartitionKey));
        Assert.Equal(new() { Aggregates = 1, UserRecords = 2 }, counts);
        data[data.AsSpan().IndexOf("\u001a\u00011"u8) + 2] = (byte)'9';
        Assert.Equal("9"u8.ToArray(), expanded[1].Data.ToArray());
    }

    [Fact]
    public void One_record_of_another_shard_leaves_the_whole_aggregate_out_and_only_it()
    {
        var mixed = new RecordAggregator();
        mixed.TryAdd(new("in"u8.ToArray(), "pk2")); // lower half
        mixed.TryAdd(new("out"u8.ToArray(), "pk1")); // upper half
        var clean = new RecordAggregator();
        clean.TryAdd(new("1"u8.ToArray(), "pk2"));
        clean.TryAdd(new("2"u8.ToArray(), "pk2") { ExplicitHashKey = 5 });
        var records = new Deaggregator(Lower).Expand(
            [new(mixed.Build().Data, "a", Number), new(clean.Build().Data, "a", Number), Plain("x")],
            out var counts);

        Assert.Equal([("pk2", 0L), ("pk2", 1L), ("x", 0L)], records.Select(record => (record.PartitionKey, record.SubSequenceNumber)));
        Assert.Equal(new() { Aggregates = 1, UserRecords = 2, Misplaced = 1 }, counts);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void On_a_stream_that_distributes_records_by_itself_every_user_record_is_delivered_in_every_shard(int line, string name)
    {
        var recorded = JsonDocument.Parse(Asset.Lines("kpl-aggregates.jsonl")[line]).RootElement;
        var data = recorded.GetProperty("data").GetBytesFromBase64();
        var keyed = new KinesisRecord(data, recorded.GetProperty("partitionKey").GetString()!, Number);
        var keyless = new KinesisRecord(keyed.Data, null, Number);
        var whole = Users(new Deaggregator(HashKeyRange.Whole).Expand([keyed], out _));
        Assert.True(whole.Count > 0 || name == "keys but no records");
        foreach (var range in new[] { Lower, Upper, new HashKeyRange(0, 0) })
        {
            var asked = 0;
            Assert.Equal(whole, Users(new Deaggregator(range).Expand([keyed], _ => ++asked == 1, out var counts)));
            Assert.Equal(0, counts.Misplaced);
            Assert.InRange(asked, 0, 1);

            // A record without a partition key is always delivered: only such a stream accepts one.
            static bool Nobody(KinesisRecord record) => throw new InvalidOperationException("The filter must not be called.");
            var users = new Deaggregator(range).Expand([keyless], Nobody, out counts);
            Assert.Equal(0, counts.Misplaced);
            Assert.Equal(whole.Select(user => (user.Sub, user.Data)), Users(users).Select(user => (user.Sub, user.Data)));
        }
    }

    [Fact]
    public void A_decision_about_one_aggregate_applies_to_it_alone()
    {
        string[] numbers = ["1", "2", "3"];
        var records = numbers.Select(number => new KinesisRecord(Mixed(), "a", SequenceNumber.Parse(number))).ToList();
        var users = new Deaggregator(Lower).Expand(records, record => record.SequenceNumber == SequenceNumber.Parse("2"), out var counts);

        Assert.Equal([("2", 0L), ("2", 1L)], users.Select(user => (user.SequenceNumber.ToString(), user.SubSequenceNumber)));
        Assert.Equal(new() { Aggregates = 1, UserRecords = 2, Misplaced = 2 }, counts);
    }

    [Theory]
    [InlineData("undefined")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("340282366920938463463374607431768211456")]
    public void An_invalid_explicit_hash_key_is_ignored_or_the_partition_key_decides(string explicitKey) =>
        AssertByPartitionKey(new(
            Sealed([.. Text(1, "pk1"), .. Text(2, explicitKey), 0x1A, 7, 8, 0, 0x10, 0, 0x1A, 1, .. "u"u8]), "a", Number));

    [Fact]
    public void A_changed_aggregate_breaks_nothing_and_no_record_is_lost()
    {
        var genuine = JsonDocument.Parse(Asset.Lines("kpl-aggregates.jsonl")[0]).RootElement.GetProperty("data").GetBytesFromBase64();
        Gen.Select(Gen.Int[0, (genuine.Length * 8) - 1].List[1, 3], Gen.Int[0, genuine.Length], Gen.Bool).Sample(
            (flips, cut, sealedAgain) =>
            {
                var data = (byte[])genuine.Clone();
                flips.ForEach(bit => data[bit / 8] ^= (byte)(1 << (bit % 8)));
                if (sealedAgain)
                {
                    // Only a broken message with a valid digest reaches the parser.
                    var message = data.AsSpan(4, Math.Min(cut, data.Length - 20));
                    data = Sealed(message.ToArray());
                }

                var records = new Deaggregator(HashKeyRange.Whole).Expand([new(data, "a", Number)], out var counts);
                Assert.Equal(records.Count, counts.Aggregates == 1 ? counts.UserRecords : 1);
                Assert.Equal(0, counts.Misplaced);
            },
            iter: Fuzz.Inputs);
    }

    // The counts of an aggregate with one record, whose partition key hashes into the upper half.
    private static void AssertByPartitionKey(KinesisRecord record)
    {
        Assert.Equal(0L, Assert.Single(new Deaggregator(HashKeyRange.Whole).Expand([record], out var counts)).SubSequenceNumber);
        Assert.Equal(new() { Aggregates = 1, UserRecords = 1 }, counts);

        var user = Assert.Single(new Deaggregator(Upper).Expand([record], out counts));
        Assert.NotEqual(record.PartitionKey, user.PartitionKey);
        Assert.Equal(new() { Aggregates = 1, UserRecords = 1, UnusableHashKeys = 1 }, counts);

        Assert.Empty(new Deaggregator(Lower).Expand([record], out counts));
        Assert.Equal(new() { Misplaced = 1, UnusableHashKeys = 1 }, counts);
    }

    private static byte[] Mixed()
    {
        var mixed = new RecordAggregator();
        mixed.TryAdd(new("in"u8.ToArray(), "pk2")); // lower half
        mixed.TryAdd(new("out"u8.ToArray(), "pk1")); // upper half
        return mixed.Build().Data.ToArray();
    }

    private static byte[] Sealed(byte[] message) =>
        [0xF3, 0x89, 0x9A, 0xC2, .. message, .. BitConverter.GetBytes(Md5.Hash(message)).Reverse()];

    private static byte[] Text(int field, string text) => [(byte)((field << 3) | 2), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static List<(string? Key, long Sub, string Data)> Users(IReadOnlyList<KinesisRecord> records) =>
        [.. records.Select(user => (user.PartitionKey, user.SubSequenceNumber, Convert.ToHexString(user.Data.Span)))];

    private static void AssertHalf(JsonElement expected, HashKeyRange range, KinesisRecord record)
    {
        var records = new Deaggregator(range).Expand([record], out var counts);
        if (expected.ValueKind == JsonValueKind.Object)
        {
            Assert.Same(record, Assert.Single(records));
            Assert.Equal(1, counts.Malformed);
        }
        else
        {
            Assert.Equal(expected.EnumerateArray().Select(number => number.GetInt64()), records.Select(user => user.SubSequenceNumber));
        }
    }

    private static KinesisRecord Plain(string key) => new("plain"u8.ToArray(), key, Number);
}
