using System.Numerics;
using Kcl.Coordination;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Creates streams from short descriptions: shard n is <c>shardId-00000000000n</c>.</summary>
internal static class Shards
{
    /// <summary>The keys of the leases of stream <c>words</c>.</summary>
    public static StreamLeaseKeys Keys { get; } = new(new StreamName("words"));

    /// <summary>Returns the services of a coordination over a store.</summary>
    public static CoordinationServices Services(ILeaseStore store, TimeProvider time, ILogger? logger = null) => new(
        new LeasingServices(store, new(TimeSpan.FromSeconds(10)), time, new Random(1), logger ?? NullLogger.Instance),
        logger ?? NullLogger.Instance);

    /// <summary>Returns the settings of application <c>app</c> on stream <c>words</c>.</summary>
    public static CoordinationSettings Settings(StartPosition start) => new()
    {
        Application = "app",
        Stream = Keys.Stream,
        Start = start,
        ShardSyncInterval = TimeSpan.FromSeconds(60),
        MaxParentPollInterval = TimeSpan.FromSeconds(10),
        ShutdownTimeout = TimeSpan.FromSeconds(30),
    };

    public static ShardId Id(int number) => new($"shardId-{number:D12}");

    public static Shard Open(int number, UInt128 start, UInt128 end, params int[] parents) => new()
    {
        ShardId = Id(number),
        ParentShardId = parents.Length > 0 ? Id(parents[0]) : null,
        AdjacentParentShardId = parents.Length > 1 ? Id(parents[1]) : null,
        HashKeyRange = new(start, end),
        StartingSequenceNumber = SequenceNumber.Parse($"{1000 + number}"),
    };

    public static Shard Closed(int number, UInt128 start, UInt128 end, params int[] parents) =>
        Open(number, start, end, parents) with { EndingSequenceNumber = SequenceNumber.Parse($"{5000 + number}") };

    /// <summary>
    /// The example of the reference: 0 and 1 were merged into 6, 2 and 3 into 7, 6 and 7 into 8; 5 was split into 9 and 10.
    /// </summary>
    public static IReadOnlyList<Shard> Example()
    {
        var tenth = UInt128.MaxValue / 10;
        return
        [
            Closed(0, 0, tenth), Closed(1, tenth + 1, tenth * 2), Closed(2, (tenth * 2) + 1, tenth * 3),
            Closed(3, (tenth * 3) + 1, tenth * 4),
            Open(4, (tenth * 4) + 1, tenth * 6),
            Closed(5, (tenth * 6) + 1, UInt128.MaxValue),
            Closed(6, 0, tenth * 2, 0, 1), Closed(7, (tenth * 2) + 1, tenth * 4, 2, 3),
            Open(8, 0, tenth * 4, 6, 7),
            Open(9, (tenth * 6) + 1, tenth * 8, 5), Open(10, (tenth * 8) + 1, UInt128.MaxValue, 5),
        ];
    }

    public static ShardTree Tree(IEnumerable<Shard> shards) => new([.. shards]);

    /// <summary>Creates leases at <c>TRIM_HORIZON</c>, which contain no information about the past of the application.</summary>
    public static LeaseListing Leased(params int[] numbers) => new([.. numbers.Select(n => Lease(n, ExtendedSequenceNumber.TrimHorizon))]);

    public static LeaseListing Listing(params Lease[] leases) => new(leases);

    /// <summary>Creates a sequence number in the form of the service.</summary>
    /// <param name="shard">The shard's number.</param>
    /// <param name="createdAt">The time at which the shard was created.</param>
    /// <param name="at">The time at which the record was put.</param>
    /// <param name="index">The record's number within the shard.</param>
    public static SequenceNumber ServiceNumber(int shard, DateTimeOffset createdAt, DateTimeOffset? at = null, ulong index = 0)
    {
        BigInteger bits = 2;
        bits = (bits << 36) | createdAt.ToUnixTimeSeconds();
        bits = (bits << 4) | (shard & 15);
        bits = (bits << 64) | index;
        bits = (bits << 44) | (at ?? createdAt).ToUnixTimeSeconds();
        bits = (bits << 32) | shard;
        bits = (bits << 4) | 2;
        return SequenceNumber.Parse(bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Creates a shard whose sequence numbers have the form of the service.</summary>
    public static Shard Created(this Shard shard, DateTimeOffset createdAt, DateTimeOffset? closedAt = null)
    {
        var number = int.Parse(shard.ShardId.Value["shardId-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        return shard with
        {
            StartingSequenceNumber = ServiceNumber(number, createdAt),
            EndingSequenceNumber = closedAt is { } closed ? ServiceNumber(number, createdAt, closed, 0x7FFF_FFFF_FFFF_FFFF) : null,
        };
    }

    public static Lease Lease(int number, ExtendedSequenceNumber checkpoint, string? owner = null) =>
        new()
        {
            Key = new(Id(number).Value),
            ShardId = Id(number),
            Checkpoint = checkpoint,
            Owner = owner is null ? null : new WorkerId(owner),
        };

    public static ExtendedSequenceNumber At(long number) => new(SequenceNumber.Parse($"{number}"));

    public static IEnumerable<string> Texts(IEnumerable<Lease> leases) =>
        leases.Select(l => $"{int.Parse(
            l.ShardId.Value["shardId-".Length..],
            System.Globalization.CultureInfo.InvariantCulture)}@{l.Checkpoint}");
}
