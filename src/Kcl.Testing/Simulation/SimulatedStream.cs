using System.Globalization;
using Kcl.Kinesis;

namespace Kcl.Testing.Simulation;

/// <summary>A stream in memory: shards that split and merge, records that are counted through.</summary>
internal sealed class SimulatedStream
{
    private readonly Dictionary<ShardId, SimulatedShard> _shards = [];
    private long _sequence = 1000;

    public SimulatedStream(int shards)
    {
        var width = UInt128.MaxValue / (UInt128)shards;
        for (var i = 0; i < shards; i++)
        {
            Add(new(width * (UInt128)i, i == shards - 1 ? UInt128.MaxValue : (width * (UInt128)(i + 1)) - 1));
        }
    }

    public static StreamIdentifier Name => new(new StreamName("simulated"));

    public IReadOnlyCollection<SimulatedShard> Shards => _shards.Values;

    public IEnumerable<SimulatedShard> Open => _shards.Values.Where(s => s.Shard.IsOpen);

    public SimulatedShard? Find(ShardId id) => _shards.GetValueOrDefault(id);

    public void Put(SimulatedShard shard, DateTimeOffset now) => shard.Records.Add(new(++_sequence, now));

    public IReadOnlyList<SimulatedShard> Split(SimulatedShard shard)
    {
        var range = shard.Shard.HashKeyRange;
        var middle = range.Start + ((range.End - range.Start) / 2);
        Close(shard);
        return [Add(new(range.Start, middle), shard.Shard.ShardId), Add(new(middle + 1, range.End), shard.Shard.ShardId)];
    }

    public SimulatedShard? MergeWithNext(SimulatedShard shard)
    {
        var next = Open.FirstOrDefault(s => s.Shard.HashKeyRange.Start == shard.Shard.HashKeyRange.End + 1 && s != shard);
        if (next is null || shard.Shard.HashKeyRange.End == UInt128.MaxValue)
        {
            return null;
        }

        Close(shard);
        Close(next);
        return Add(new(shard.Shard.HashKeyRange.Start, next.Shard.HashKeyRange.End), shard.Shard.ShardId, next.Shard.ShardId);
    }

    public IReadOnlyList<Shard> List(ShardFilter? filter) => filter?.Type switch
    {
        ShardFilterType.AtLatest => [.. Open.Select(s => s.Shard)],
        ShardFilterType.AtTrimHorizon => [.. _shards.Values.Where(s => s.Shard.Parents.Count == 0).Select(s => s.Shard)],
        _ => [.. _shards.Values.Select(s => s.Shard)],
    };

    public static string Iterator(SimulatedShard shard, StartingPosition position) => Iterator(shard.Shard.ShardId, position.Type switch
    {
        StartingPositionType.TrimHorizon => 0,
        StartingPositionType.Latest => shard.Records.Count,
        StartingPositionType.AtTimestamp => shard.Records.Count(r => r.Arrived < position.Timestamp),
        StartingPositionType.AtSequenceNumber => shard.Records.Count(r => Number(r) < position.SequenceNumber!.Value),
        _ => shard.Records.Count(r => Number(r) <= position.SequenceNumber!.Value),
    });

    public GetRecordsResult Read(string iterator, int limit)
    {
        var colon = iterator.IndexOf(':', StringComparison.Ordinal);
        var from = int.Parse(iterator[(colon + 1)..], CultureInfo.InvariantCulture);
        var shard = _shards[new(iterator[..colon])];
        var count = Math.Min(limit, shard.Records.Count - from);
        var records = shard.Records.GetRange(from, count).ConvertAll(r => new KinesisRecord(ReadOnlyMemory<byte>.Empty, "key", Number(r), 0, r.Arrived));
        var next = from + count;
        var ended = !shard.Shard.IsOpen && next == shard.Records.Count;
        IReadOnlyList<ChildShard> children = ended
            ? [.. _shards.Values.Where(s => s.Shard.Parents.Contains(shard.Shard.ShardId)).Select(s => new ChildShard(s.Shard.ShardId, s.Shard.Parents, s.Shard.HashKeyRange))]
            : [];
        return new(records, ended ? null : Iterator(shard.Shard.ShardId, next), shard.Records.Count == next ? 0 : 1000, children, byteCount: 16 * count);
    }

    public static SequenceNumber Number(SimulatedRecord record) => SequenceNumber.Parse(record.Sequence.ToString(CultureInfo.InvariantCulture));

    private static string Iterator(ShardId shard, int index) => string.Create(CultureInfo.InvariantCulture, $"{shard}:{index}");

    private SimulatedShard Add(HashKeyRange range, params ShardId[] parents)
    {
        var id = new ShardId($"shardId-{_shards.Count:D12}");
        var shard = new SimulatedShard(new(id, parents.Length > 0 ? parents[0] : null, parents.Length > 1 ? parents[1] : null, range, Next(), EndingSequenceNumber: null));
        _shards.Add(id, shard);
        return shard;
    }

    private void Close(SimulatedShard shard) => shard.Shard = shard.Shard with { EndingSequenceNumber = Next() };

    private SequenceNumber Next() => SequenceNumber.Parse((++_sequence).ToString(CultureInfo.InvariantCulture));
}

/// <summary>A shard and what is in it.</summary>
internal sealed class SimulatedShard(Shard shard)
{
    public Shard Shard { get; set; } = shard;

    public List<SimulatedRecord> Records { get; } = [];

    /// <summary>How many of the records, from the first on, were delivered to somebody.</summary>
    public int Delivered { get; set; }
}

/// <summary>A record.</summary>
internal readonly record struct SimulatedRecord(long Sequence, DateTimeOffset Arrived);
