using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Text;
using CsCheck;
using Kcl.LocalKinesis;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class RulesTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void Filters_list_what_the_service_says_they_list()
    {
        // Two shards; the first is split at +10 s, so its children are created at +11 s.
        var stream = StreamModel.Create("s", 1, Start, 2);
        stream = stream with { Shards = Resharding.Apply(stream.Shards, [new(0, 77, null)], Start + 10_000) };
        var now = Start + 60_000;
        Assert.Equal([0, 1, 2, 3], Listed(ListFilter.Default));
        Assert.Equal([1, 2, 3], Listed(new("AT_LATEST")));
        Assert.Equal([0, 1], Listed(new("AT_TRIM_HORIZON")));
        Assert.Equal([0, 1], Listed(new("AT_TIMESTAMP", Start + 10_999)));
        Assert.Equal([1, 2, 3], Listed(new("AT_TIMESTAMP", Start + 11_000)));
        Assert.Equal([0, 1, 2, 3], Listed(new("FROM_TIMESTAMP", Start + 10_999)));
        Assert.Equal([1, 2, 3], Listed(new("FROM_TIMESTAMP", Start + 11_000)));
        Assert.Equal([2, 3], Listed(new("AFTER_SHARD_ID", AfterIndex: 1)));
        now += 24 * 3_600_000L;
        Assert.Equal([1, 2, 3], Listed(ListFilter.Default));
        Assert.Equal([1, 2, 3], Listed(new("AT_TRIM_HORIZON")));
        Assert.Equal([1, 2, 3], Listed(new("AT_TIMESTAMP", Start)));

        int[] Listed(ListFilter filter) => [.. ShardListing.Select(stream, filter, now).Select(shard => shard.Index)];
    }

    [Theory]
    [InlineData(false, 5, null)]
    [InlineData(true, 6, null)]
    public void A_sequence_number_is_a_position(bool after, long expected, string? problem)
    {
        var shard = StreamModel.Create("s", 1, Start, 4).Shards[3];
        var position = IteratorPositions.OfSequenceNumber(
            shard,
            new SequenceParts(shard.CreateSecond, 3, 5, shard.CreateSecond + 9).ToString(),
            after,
            out var found);
        Assert.Equal((expected, problem), (position, found));
    }

    [Fact]
    public void The_first_and_last_number_of_a_shard_are_positions_too()
    {
        var shard = StreamModel.Create("s", 1, Start, 4).Shards[3] with { CloseSecond = (Start / 1000) + 5 };
        Assert.Equal(1, IteratorPositions.OfSequenceNumber(shard, shard.StartingSequenceNumber, after: false, out _));
        Assert.Equal(1, IteratorPositions.OfSequenceNumber(shard, shard.StartingSequenceNumber, after: true, out _));
        Assert.Equal(long.MaxValue, IteratorPositions.OfSequenceNumber(shard, shard.EndingSequenceNumber!, after: false, out _));
    }

    [Fact]
    public void A_sequence_number_of_elsewhere_is_refused()
    {
        var shards = StreamModel.Create("s", 1, Start, 4).Shards;
        Assert.Equal(0, IteratorPositions.OfSequenceNumber(shards[3], shards[2].StartingSequenceNumber, false, out var other));
        Assert.Contains(
            "It encodes shardId-000000000002, while it was used in a call to a shard with shardId-000000000003",
            other,
            StringComparison.Ordinal);
        Assert.Equal(
            0,
            IteratorPositions.OfSequenceNumber(
                shards[3],
                StreamModel.Create("t", 2, Start + 7000, 4).Shards[3].StartingSequenceNumber,
                false,
                out var stream));
        Assert.NotNull(stream);
        Assert.Equal(0, IteratorPositions.OfSequenceNumber(shards[3], "17", false, out var text));
        Assert.NotNull(text);
    }

    [Fact]
    public void An_iterator_reads_back_fits_the_service_and_cannot_be_forged() => Gen.Select(
        Gen.Long,
        Gen.Long,
        Gen.Int,
        Gen.Long,
        Gen.Int[0, 1000]).Sample((issued, generation, shard, position, flip) =>
    {
        var signer = new TokenSigner(new byte[TokenSigner.KeyLength]);
        var token = new IteratorToken(issued, generation, shard, position);
        var text = token.Seal(signer);
        Assert.InRange(text.Length, 1, 512);
        Assert.True(IteratorToken.TryOpen(signer, text, out var back));
        Assert.Equal(token, back);
        var forged = text.ToCharArray();
        forged[flip % 56] = forged[flip % 56] == 'A' ? 'B' : 'A';
        Assert.False(IteratorToken.TryOpen(signer, forged, out _));
        Assert.False(IteratorToken.TryOpen(new TokenSigner([1, .. new byte[TokenSigner.KeyLength - 1]]), text, out _));
    });

    [Fact]
    public void An_iterator_expires_after_five_minutes()
    {
        var token = new IteratorToken(Start, 1, 0, 1);
        token.ThrowIfExpired(Start + 300_000);
        Assert.Equal("ExpiredIteratorException", Assert.Throws<ServiceErrorException>(() => token.ThrowIfExpired(Start + 300_001)).Type);
    }

    [Fact]
    public void An_allowance_never_gives_more_than_it_had_and_what_came_back() => Gen.Select(
        Gen.Int[0, 400].List[1, 100],
        Gen.Int[1, 5].List[1, 100]).Sample((waits, amounts) =>
    {
        var allowance = Allowance.Full(10, 0);
        long now = 0;
        double taken = 0;
        for (var i = 0; i < Math.Min(waits.Count, amounts.Count); i++)
        {
            now += waits[i];
            if (allowance.TryTake(amounts[i], 5, 10, now, out allowance))
            {
                taken += amounts[i];
            }

            Assert.InRange(taken, 0, 10 + (now * 5 / 1000.0) + 1e-6);
            Assert.InRange(allowance.Level, 0, 10);
        }
    });

    [Fact]
    public void Reads_are_limited_in_number_and_a_large_one_is_paid_for_with_silence()
    {
        var throughput = new Throughput(1, 0);
        Assert.Equal([true, true, true, true, true, false], Enumerable.Range(0, 6).Select(_ => throughput.TryRead(0)));
        Assert.True(throughput.TryRead(200));
        throughput.RecordRead(10 * 1024 * 1024, 10_000);
        Assert.False(throughput.TryRead(14_999));
        Assert.True(throughput.TryRead(15_000));
    }

    [Fact]
    public void Writes_are_limited_in_records_and_bytes()
    {
        var records = new Throughput(1, 0);
        Assert.Equal(1000, Enumerable.Range(0, 1500).Count(_ => records.TryWrite(10, 0)));
        Assert.True(records.TryWrite(10, 1));
        var bytes = new Throughput(1, 0);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => bytes.TryWrite(1024 * 1024, 0)));
        Assert.True(bytes.TryWrite(1024 * 1024, 1000));
        Assert.False(bytes.TryWrite(1024 * 1024, 1000));
        var scaled = new Throughput(0.1, 0);
        Assert.Equal(100, Enumerable.Range(0, 1500).Count(_ => scaled.TryWrite(10, 0)));
    }

    [Fact]
    public void A_record_in_memory_is_the_CBOR_a_reader_gets() => Gen.Select(
        Gen.String[Gen.Char['a', 'z'], 0, 256],
        Gen.Byte.Array[0, 500],
        Gen.Long[0, 4_000_000_000_000]).Sample((key, data, arrived) =>
    {
        var utf8 = Encoding.UTF8.GetBytes(key);
        var bytes = new byte[RecordLayout.SizeOf(utf8.Length, data.Length)];
        var sequence = new SequenceParts(1_700_000_000, 3, 9, 1_700_000_001);
        RecordLayout.Write(bytes, sequence, arrived, utf8, data);
        Assert.Equal(bytes.Length, RecordLayout.LengthOf(bytes));
        var reader = new CborReader(bytes);
        Assert.Equal(key.Length > 0 ? 4 : 3, reader.ReadStartMap());
        Assert.Equal(("SequenceNumber", sequence.ToString()), (reader.ReadTextString(), reader.ReadTextString()));
        Assert.Equal(
            ("ApproximateArrivalTimestamp", CborTag.UnixTimeSeconds, arrived),
            (reader.ReadTextString(), reader.ReadTag(), reader.ReadInt64()));
        if (key.Length > 0)
        {
            Assert.Equal(("PartitionKey", key), (reader.ReadTextString(), reader.ReadTextString()));
        }

        Assert.Equal("Data", reader.ReadTextString());
        Assert.Equal(data, reader.ReadByteString());
        reader.ReadEndMap();
        Assert.Equal(0, reader.BytesRemaining);
        Assert.Equal(arrived, RecordLayout.ArrivedAt(bytes));
        Assert.Equal(-1, RecordLayout.LengthOf(bytes.AsSpan(0, bytes.Length - 1)));
    });

    [Fact]
    public void A_stream_is_converted_to_JSON_and_back()
    {
        var stream = StreamModel.Create("words", 42, Start, 3) with
        {
            RetentionHours = 48,
            OnDemand = true,
            AutoDistribution = true,
            KeyId = "alias/k",
            Tags = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("a", "b\"\u00e9")]),
            Consumers = [new("app", Start, Start + 5, null), new("gone", Start, Start, Start + 9)],
            Pending = new(ChangeKind.Scale, Start + 50, 1, 2, UInt128.MaxValue, 6),
        };
        stream = stream with { Shards = Resharding.Apply(stream.Shards, Resharding.Next(stream.Shards, 4), Start + 1000) };
        var back = StreamModelJson.Read(StreamModelJson.Write(stream));
        Assert.Equal(stream.Shards, back.Shards);
        Assert.Equal(stream.Consumers, back.Consumers);
        Assert.Equal(stream.Pending, back.Pending);
        Assert.Equal(StreamModelJson.Write(stream), StreamModelJson.Write(back));
        Assert.Throws<FormatException>(() => StreamModelJson.Read("{}"u8.ToArray()));
    }

    [Fact]
    public void The_servers_clock_never_goes_back_and_never_stands_still()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Start));
        var clock = new ServerClock(time);
        Assert.Equal(Start, clock.Now);
        Assert.Equal(Start + 500, clock.NotBefore(Start + 500));
        Assert.Equal(Start + 500, clock.Now);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Start + 1500, clock.Now);
    }

    [Fact]
    public void The_servers_clock_continues_from_the_latest_time_when_the_machines_clock_is_set_back()
    {
        var machine = new SettableClock(Start);
        var clock = new ServerClock(machine);
        machine.Advance(3_600_000);
        Assert.Equal(Start + 3_600_000, clock.Now);
        machine.Set(Start);
        Assert.Equal(Start + 3_600_000, clock.Now);
        machine.Advance(70);
        Assert.Equal(Start + 3_600_070, clock.Now);
        machine.Set(Start + 7_200_000);
        Assert.Equal(Start + 7_200_000, clock.Now);
    }

    [Fact]
    public void All_problems_of_options_are_reported_together()
    {
        var options = new LocalKinesisOptions { Port = -1, Host = "example.org", AccountId = "12", InitialStreams = { ["a b"] = 0 } };
        var message = Assert.Throws<ConfigurationException>(options.Freeze).Message;
        Assert.All(
            (string[])["Port is -1", "Host is 'example.org'", "AccountId is '12'", "'a b'", "0 shards"],
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => LocalKinesisLimits.Scaled(0));
    }
}
