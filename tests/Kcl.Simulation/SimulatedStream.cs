using System.Globalization;
using System.Numerics;
using Kcl.Kinesis;

namespace Kcl.Simulation;

/// <summary>
/// A stream in memory. Its shards can be split and merged, and its records are numbered. It can be deleted and re-created with other
/// shards.
/// </summary>
internal sealed class SimulatedStream
{
    private const string Account = "arn:aws:kinesis:us-east-1:123456789012:stream/";
    private readonly Func<DateTimeOffset> _now;
    private readonly StreamName _name;
    private Dictionary<ShardId, SimulatedShard> _shards = [];
    private DateTimeOffset _changedAt;

    public SimulatedStream(int shards, Func<DateTimeOffset> now, string name = "simulated")
    {
        (_name, _now) = (new(name), now);
        Create(shards);
    }

    public static StreamIdentifier Name => new(new StreamName("simulated"));

    /// <summary>Gets the number of times that the stream was re-created.</summary>
    public int Generation { get; private set; } = -1;

    /// <summary>Gets a value indicating whether the stream currently exists.</summary>
    public bool Exists { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Gets or sets the time until which shard lists are outdated: they show the shards before the last change.</summary>
    public DateTimeOffset OutdatedUntil { get; set; }

    public IReadOnlyCollection<SimulatedShard> Shards => _shards.Values;

    private DateTimeOffset ListedUntil => _now() < OutdatedUntil ? _changedAt : DateTimeOffset.MaxValue;

    public IEnumerable<SimulatedShard> Open => _shards.Values.Where(s => s.Shard.IsOpen);

    public SimulatedShard? Find(ShardId id) => _shards.GetValueOrDefault(id);

    public void Delete()
    {
        Exists = false;
        _shards = [];
    }

    public void Create(int shards)
    {
        (Exists, CreatedAt) = (true, _now());
        Generation++;
        _shards = [];
        var width = UInt128.MaxValue / (UInt128)shards;
        for (var i = 0; i < shards; i++)
        {
            Add(new(width * (UInt128)i, i == shards - 1 ? UInt128.MaxValue : (width * (UInt128)(i + 1)) - 1));
        }
    }

    public void Put(SimulatedShard shard)
    {
        var now = _now();
        shard.Records.Add(new(Number(shard.Index, shard.CreatedAt, now, (ulong)shard.Records.Count + 1), now));
    }

    public IReadOnlyList<SimulatedShard> Split(SimulatedShard shard)
    {
        _changedAt = _now();
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

        _changedAt = _now();
        Close(shard);
        Close(next);
        return Add(new(shard.Shard.HashKeyRange.Start, next.Shard.HashKeyRange.End), shard.Shard.ShardId, next.Shard.ShardId);
    }

    public StreamDescriptionSummary Describe()
    {
        RequireExists();
        return new()
        {
            StreamName = _name,
            StreamArn = StreamArn.Parse(Account + _name),
            Status = StreamStatus.Active,
            RetentionPeriod = TimeSpan.FromDays(1),
            CreationTimestamp = CreatedAt,
            OpenShardCount = Open.Count(),
        };
    }

    public IReadOnlyList<Shard> List(ShardFilter? filter)
    {
        RequireExists();
        var until = ListedUntil;
        var listed = _shards.Values.Where(s => s.CreatedAt < until).Select(
            s => (Shard: s, Listed: s.ClosedAt >= until ? s.Shard with { EndingSequenceNumber = null } : s.Shard));
        return [.. listed.Where(s => filter?.Type switch
        {
            ShardFilterType.AtLatest => s.Listed.IsOpen,
            ShardFilterType.AtTrimHorizon => s.Listed.Parents.Count == 0,
            ShardFilterType.AtTimestamp => s.Shard.CreatedAt <= filter.Timestamp
                && (s.Listed.IsOpen || s.Shard.ClosedAt > filter.Timestamp),
            _ => true,
        }).Select(s => s.Listed)];
    }

    public string Iterator(ShardId id, StartingPosition position)
    {
        var shard = Require(id);
        var index = position.Type switch
        {
            StartingPositionType.TrimHorizon => 0,
            StartingPositionType.Latest => shard.Records.Count,
            StartingPositionType.AtTimestamp => shard.Records.Count(r => r.Arrived < position.Timestamp),
            StartingPositionType.AtSequenceNumber => Math.Max(0, shard.CountThrough(Own(shard, position)) - 1),
            _ => shard.CountThrough(Own(shard, position)),
        };
        if (position.Type == StartingPositionType.Latest)
        {
            shard.FirstTip ??= index;
        }

        return Iterator(shard, index);
    }

    public GetRecordsResult Read(string iterator, int limit)
    {
        RequireExists();
        var parts = iterator.Split(':');
        var from = int.Parse(parts[2], CultureInfo.InvariantCulture);
        if (int.Parse(parts[0], CultureInfo.InvariantCulture) != Generation)
        {
            throw new KinesisException(KinesisErrorCode.InvalidArgument, "simulated: the iterator is of an earlier stream");
        }

        var shard = Find(new(parts[1])) ?? throw new KinesisException(
            KinesisErrorCode.ResourceNotFound,
            $"simulated: shard {parts[1]} does not exist");
        var count = Math.Min(limit, shard.Records.Count - from);
        var records = shard.Records.GetRange(from, count).ConvertAll(
            r => new KinesisRecord(ReadOnlyMemory<byte>.Empty, "key", r.Number, 0, r.Arrived));
        var next = from + count;
        var ended = !shard.Shard.IsOpen && next == shard.Records.Count;
        IReadOnlyList<ChildShard> children = ended
            ? [.. _shards.Values
                .Where(s => s.Shard.Parents.Contains(shard.Shard.ShardId))
                .Select(s => new ChildShard(s.Shard.ShardId, s.Shard.Parents, s.Shard.HashKeyRange))]
            : [];
        return new()
        {
            Records = records,
            NextShardIterator = ended ? null : Iterator(shard, next),
            MillisBehindLatest = shard.Records.Count == next ? 0 : 1000,
            ChildShards = children,
            ByteCount = 16 * count,
        };
    }

    private string Iterator(SimulatedShard shard, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Generation}:{shard.Shard.ShardId}:{index}");

    private static SequenceNumber Own(SimulatedShard shard, StartingPosition position)
    {
        var number = position.SequenceNumber!.Value;
        return shard.Owns(number)
            ? number
            : throw new KinesisException(KinesisErrorCode.InvalidArgument, $"simulated: {number} did not come from this stream");
    }

    private SimulatedShard Require(ShardId id)
    {
        RequireExists();
        return Find(id) is { } shard
            && shard.CreatedAt < ListedUntil
                ? shard
                : throw new KinesisException(KinesisErrorCode.ResourceNotFound, $"simulated: shard {id} does not exist");
    }

    private void RequireExists()
    {
        if (!Exists)
        {
            throw new KinesisException(KinesisErrorCode.ResourceNotFound, $"simulated: stream {_name} does not exist");
        }
    }

    private SimulatedShard Add(HashKeyRange range, params ShardId[] parents)
    {
        var now = _now();
        var index = _shards.Count;
        var id = new ShardId($"shardId-{index:D12}");
        var listed = new Shard
        {
            ShardId = id,
            ParentShardId = parents.Length > 0 ? parents[0] : null,
            AdjacentParentShardId = parents.Length > 1 ? parents[1] : null,
            HashKeyRange = range,
            StartingSequenceNumber = Number(index, now, now, 0),
        };
        var shard = new SimulatedShard(listed, index, now, Number(index, now, now.AddYears(10), long.MaxValue));
        _shards.Add(id, shard);
        return shard;
    }

    private void Close(SimulatedShard shard)
    {
        shard.ClosedAt = _now();
        shard.Shard = shard.Shard with { EndingSequenceNumber = Number(shard.Index, shard.CreatedAt, shard.ClosedAt.Value, long.MaxValue) };
    }

    // In the form of the service, because the information about stream and shard in them is part of the test.
    private static SequenceNumber Number(int shard, DateTimeOffset createdAt, DateTimeOffset at, ulong index)
    {
        BigInteger bits = 2;
        bits = (bits << 36) | createdAt.ToUnixTimeSeconds();
        bits = (bits << 4) | (shard & 15);
        bits = (bits << 64) | index;
        bits = (bits << 44) | at.ToUnixTimeSeconds();
        bits = (bits << 32) | shard;
        return SequenceNumber.Parse(((bits << 4) | 2).ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A shard and its records.</summary>
/// <param name="shard">The shard as listed.</param>
/// <param name="index">Its number.</param>
/// <param name="createdAt">The time at which it was created.</param>
/// <param name="largest">The largest number it can have.</param>
internal sealed class SimulatedShard(Shard shard, int index, DateTimeOffset createdAt, SequenceNumber largest)
{
    public Shard Shard { get; set; } = shard;

    public int Index { get; } = index;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset? ClosedAt { get; set; }

    public List<SimulatedRecord> Records { get; } = [];

    /// <summary>Gets or sets the number of records, from the first of the shard, that were delivered to any worker without a gap.</summary>
    public int Delivered { get; set; }

    /// <summary>Gets or sets the number of records at the time of the first request for the tip; null if there was none.</summary>
    public int? FirstTip { get; set; }

    /// <summary>Returns the number of records at or before a sequence number.</summary>
    public int CountThrough(SequenceNumber number)
    {
        var (low, high) = (0, Records.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Records[middle].Number <= number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Returns whether a sequence number belongs to this shard, and not to a shard of the same id in an earlier stream.</summary>
    public bool Owns(SequenceNumber number) => number >= Shard.StartingSequenceNumber && number <= largest;
}

/// <summary>A record.</summary>
internal readonly record struct SimulatedRecord(SequenceNumber Number, DateTimeOffset Arrived);
