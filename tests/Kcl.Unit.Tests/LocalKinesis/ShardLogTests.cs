using System.Text;
using CsCheck;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class ShardLogTests
{
    private static readonly Gen<int> Size = Gen.Frequency((8, Gen.Int[0, 200]), (2, Gen.Int[200, 40_000]), (1, Gen.Int[40_000, 1_500_000]));

    [Fact]
    public void A_read_returns_the_records_from_a_position_within_both_limits() => Gen.Select(
        Size.List[1, 60],
        Gen.Int[0, 70],
        Gen.Int[1, 80],
        Gen.Long[1, 3_000_000],
        Gen.Bool.Array[60]).Sample((sizes, from, limit, maxBytes, keyed) =>
    {
        // The records without a key begin in the middle of a chunk as well.
        var window = new Window { Now = 1_700_000_000_000 };
        var log = new ShardLog(window, 3, durable: false);
        Span<byte> digits = stackalloc byte[56];
        for (var i = 0; i < sizes.Count; i++)
        {
            window.Now += i % 3;
            Assert.True(log.TryAppend(Encoding.UTF8.GetBytes(Key(i)), Payload(i, sizes[i]), digits));
        }

        var plan = log.Read(from, limit, maxBytes, 0, out var ended);
        Assert.False(ended);
        var first = Math.Max(1, from);
        var expected = new List<int>();
        long bytes = 0;
        for (var i = first - 1; i < sizes.Count && expected.Count < limit; i++)
        {
            bytes += sizes[i] + Key(i).Length;
            if (bytes > maxBytes && expected.Count > 0)
            {
                bytes -= sizes[i] + Key(i).Length;
                break;
            }

            expected.Add(i);
        }

        Assert.Equal(expected.Select(i => (i + 1, Key(i), sizes[i])), Records(plan));
        Assert.Equal(expected.Count, plan.Count);
        Assert.Equal(expected.Count == 0 ? 0 : bytes, plan.PayloadBytes);
        Assert.Equal(plan.Runs.Sum(run => (long)run.Bytes.Length), plan.EncodedBytes);
        Assert.Equal(Math.Max(first, first + expected.Count), plan.NextPosition);
        Assert.Equal(first + expected.Count > sizes.Count, plan.GetMillisBehindLatest(window.Now) == 0);

        string Key(int i) => keyed[i] ? $"key-{i}" : "";
    }, iter: 200);

    [Fact]
    public void Numbers_rise_and_tell_the_index_even_if_the_clock_stands_before_the_shards_creation()
    {
        var window = new Window { Now = 1_699_999_999_500, Created = 1_700_000_000 };
        var log = new ShardLog(window, 0, durable: false);
        var numbers = Enumerable.Range(0, 5).Select(_ => Append(log)).ToArray();
        Assert.Equal(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.All(numbers.Index(), number =>
        {
            Assert.True(SequenceParts.TryParse(number.Item, out var parts));
            Assert.Equal(new SequenceParts(1_700_000_000, 0, (ulong)number.Index + 1, 1_700_000_000), parts);
        });
    }

    [Fact]
    public void An_instant_leads_to_the_first_record_at_or_after_it() => Gen.Select(
        Gen.Int[0, 5].List[1, 400],
        Gen.Long[-3, 1200]).Sample((steps, instant) =>
    {
        var window = new Window { Now = 1000 };
        var log = new ShardLog(window, 0, durable: false);
        var arrivals = new List<long>();
        foreach (var step in steps)
        {
            window.Now += step;
            _ = Append(log);
            arrivals.Add(window.Now);
        }

        var expected = arrivals.FindIndex(arrival => arrival >= 1000 + instant);
        return log.FirstAtOrAfter(1000 + instant) == (expected < 0 ? arrivals.Count : expected) + 1;
    }, iter: 300);

    [Fact]
    public void Expired_records_are_never_read_again_and_sequence_numbers_continue()
    {
        var window = new Window { Now = 1000 };
        var log = new ShardLog(window, 0, durable: false);
        for (var i = 0; i < 500; i++)
        {
            window.Now++;
            _ = Append(log, 1000);
        }

        var plan = log.Read(1, 10, long.MaxValue, 1301, out _);
        Assert.Equal(301, plan.NextPosition - plan.Count);
        var first = log.Trim(1301);
        Assert.InRange(first, 2, 301);
        Assert.Equal(first, log.FirstAtOrAfter(0));
        Assert.True(log.Trim(long.MaxValue) > 500);
        Assert.Equal(501, log.Latest);
        _ = Append(log);
        Assert.Equal(1, log.Read(1, 10, long.MaxValue, 0, out _).Count);
        Assert.Equal(502, log.Latest);
    }

    [Fact]
    public void A_shard_takes_no_records_once_its_children_do_and_ends_when_all_were_read()
    {
        var window = new Window { Now = 1000 };
        var log = new ShardLog(window, 0, durable: false);
        _ = Append(log);
        window.Until = 2000;
        window.Now = 1999;
        _ = Append(log);
        _ = log.Read(3, 10, long.MaxValue, 0, out var endedEarly);
        Assert.False(endedEarly);
        window.Now = 2000;
        Span<byte> digits = stackalloc byte[56];
        Assert.False(log.TryAppend("k"u8, "d"u8, digits));
        _ = log.Read(1, 1, long.MaxValue, 0, out var endedHalfway);
        Assert.False(endedHalfway);
        var last = log.Read(1, 10, long.MaxValue, 0, out var ended);
        Assert.True(ended);
        Assert.Equal(2, last.Count);
    }

    [Fact]
    public void A_durable_log_shows_only_what_is_saved()
    {
        var window = new Window { Now = 1000 };
        var log = new ShardLog(window, 0, durable: true);
        _ = Append(log);
        _ = Append(log);
        var changed = log.WaitForChangeAsync();
        Assert.Equal(0, log.Read(1, 10, long.MaxValue, 0, out _).Count);
        var (first, runs) = log.GetUnsaved(out var end);
        Assert.Equal((1, 2, 3), (first, runs.Sum(run => run.Count), end));
        _ = Append(log);
        log.OnSaved(end);
        Assert.True(changed.IsCompletedSuccessfully);
        Assert.Equal(2, log.Read(1, 10, long.MaxValue, 0, out _).Count);
        Assert.Equal(3, log.GetUnsaved(out _).FirstIndex);
    }

    [Fact]
    public void What_was_saved_is_loaded_again()
    {
        var window = new Window { Now = 1000 };
        var log = new ShardLog(window, 0, durable: true);
        for (var i = 0; i < 100; i++)
        {
            _ = Append(log, i * 100);
        }

        var (first, runs) = log.GetUnsaved(out _);
        var loaded = new ShardLog(window, 0, durable: true);
        foreach (var run in runs)
        {
            Assert.Null(loaded.TryLoad(first, run.Bytes.Span));
            first += run.Count;
        }

        Assert.Equal(101, loaded.Latest);
        Assert.Equal(100, loaded.Read(1, 1000, long.MaxValue, 0, out _).Count);
        Assert.Equal("are not whole: number 101 is damaged", loaded.TryLoad(101, runs[0].Bytes.Span[..10]));
        Assert.Equal("do not follow the one before them, which is number 100", loaded.TryLoad(999, runs[0].Bytes.Span));
    }

    private static IEnumerable<(int Index, string Key, int Size)> Records(ReadPlan plan)
    {
        foreach (var run in plan.Runs)
        {
            for (var rest = run.Bytes; rest.Length > 0;)
            {
                var record = rest[..RecordLayout.LengthOf(rest.Span)];
                Assert.True(SequenceParts.TryParse(Encoding.ASCII.GetString(RecordLayout.SequenceNumber(record.Span)), out var parts));
                var index = (int)parts.Index;
                var data = RecordLayout.Data(record.Span).ToArray();
                Assert.Equal(Payload(index - 1, data.Length), data);
                yield return (index, Encoding.UTF8.GetString(RecordLayout.Key(record.Span)), data.Length);
                rest = rest[record.Length..];
            }
        }
    }

    private static byte[] Payload(int seed, int size)
    {
        var bytes = new byte[size];
        bytes.AsSpan().Fill((byte)seed);
        return bytes;
    }

    private static string Append(ShardLog log, int size = 10)
    {
        Span<byte> digits = stackalloc byte[56];
        Assert.True(log.TryAppend("k"u8, new byte[size], digits));
        return Encoding.ASCII.GetString(digits);
    }

    private sealed class Window : IShardWindow
    {
        public long Now { get; set; }

        public long Created { get; set; }

        public long Until { get; set; } = long.MaxValue;

        public long CreateSecond(int shardIndex) => Created;

        public long RoutedUntil(int shardIndex) => Until;
    }
}
