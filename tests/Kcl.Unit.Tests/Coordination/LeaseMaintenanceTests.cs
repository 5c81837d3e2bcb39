using Kcl.Coordination;
using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Tests that leases of another stream, missing leases, and contradictory leases are found and repaired.</summary>
public sealed class LeaseMaintenanceTests : IDisposable
{
    private const string Arn = "arn:aws:kinesis:us-east-1:123456789012:stream/words";
    private static readonly UInt128 Half = UInt128.MaxValue / 2;
    private static readonly DateTimeOffset Earlier = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamIdentity Stream = new(new("words"), StreamArn.Parse(Arn), Created);
    private static readonly StreamIdentity EarlierStream = Stream with { CreatedAt = Earlier };

    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly LogCollector _logs = new();
    private readonly ListedStream _stream = new() { Arn = StreamArn.Parse(Arn), CreatedAt = Created };
    private readonly LeaseMaintenance _maintenance;
    private readonly StreamMonitor _watch;
    private int _changes;

    public LeaseMaintenanceTests()
    {
        var services = Services(_table, _time, _logs);
        _watch = new(services, _stream, new StreamName("words"));
        var shards = new ShardListReader(_stream, new StreamName("words"), _time);
        var start = StartPosition.Latest(null);
        _maintenance = new(services, shards, _watch, new(services, shards, _watch, start), Settings(start), () => _changes++);
    }

    public void Dispose() => _logs.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_of_a_stream_that_was_created_again_starts_over_in_place()
    {
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Of(EarlierStream, Lease(0, Record(0, Earlier), "me")) with
        {
            Counter = 7,
            PendingCheckpoint = Record(0, Earlier),
            ParentShardIds = [Id(8)],
            ChildShardIds = [Id(9)],
            HashKeyRange = new(0, 9),
            OwnerSwitchesSinceCheckpoint = 3,
        });
        Put(Of(EarlierStream, Lease(1, ExtendedSequenceNumber.Latest), new StoredStartTime(Earlier)));

        await DoAsync();

        var row = Row(0);
        Assert.Equal(
            (8, null, ExtendedSequenceNumber.TrimHorizon, null, 0),
            (row.Counter, row.Owner, row.Checkpoint, row.PendingCheckpoint, row.OwnerSwitchesSinceCheckpoint));
        Assert.Equal(new(0, Half), row.HashKeyRange);
        Assert.Empty(row.ParentShardIds.Concat(row.ChildShardIds));
        Assert.All(_table.Leases, l => Assert.Equal(Stream, LeaseAnnotations.StreamOf(l)));
        Assert.Equal(["0@TRIM_HORIZON", "1@TRIM_HORIZON"], Texts(_table.Leases));
        Assert.Null(LeaseAnnotations.StartOf(Row(1)));
        Assert.Equal(2, _logs.Count(1115));
        Assert.True(_changes > 0);
    }

    /// <summary>A running owner renews while the leader repairs, so each write of the leader finds another counter.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_lease_that_its_owner_renews_meanwhile_is_started_over_all_the_same(int renewals)
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(EarlierStream, Lease(0, Record(0, Earlier), "me")));
        var seen = await ListAsync();
        for (var renewal = 0; renewal < renewals; renewal++)
        {
            Renew(0);
        }

        await DoAsync(seen);

        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, Row(0).Checkpoint);
        Assert.Null(Row(0).Owner);
        Assert.Equal(1, _logs.Count(1115));
    }

    /// <summary>In a fleet with a Java worker as the leader, the stream is never stored in finished leases.</summary>
    [Theory]
    [InlineData("SHARD_END")]
    [InlineData("LATEST")]
    [InlineData("1")]
    public async Task A_lease_that_names_no_stream_starts_over_with_its_neighbours(string checkpoint)
    {
        _stream.Shards =
        [
            Closed(0, 0, UInt128.MaxValue).Created(Created, Created.AddHours(1)),
            Open(1, 0, Half, 0).Created(Created.AddHours(1)),
            Open(2, Half + 1, UInt128.MaxValue, 0).Created(Created.AddHours(1)),
        ];
        Put(Lease(0, ExtendedSequenceNumber.Parse(checkpoint)));
        Put(Of(EarlierStream, Lease(1, Record(1, Earlier))));
        Put(Lease(2, new(ServiceNumber(2, Created.AddHours(1), Created.AddHours(2), 3)), "java"));
        Put(Lease(7, ExtendedSequenceNumber.ShardEnd));

        await DoAsync();

        Assert.Equal((ExtendedSequenceNumber.TrimHorizon, ExtendedSequenceNumber.TrimHorizon), (Row(0).Checkpoint, Row(1).Checkpoint));
        Assert.True(Row(2).Checkpoint.IsNumber); // a record of the current stream
        Assert.Null(_table.Find(new(Id(7).Value)));
        Assert.All(_table.Leases, l => Assert.Equal(Stream, LeaseAnnotations.StreamOf(l)));
    }

    [Fact]
    public async Task A_row_that_was_made_again_meanwhile_is_not_taken_for_the_one_that_was_seen()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(EarlierStream, Lease(0, Record(0, Earlier))));
        var seen = await ListAsync();
        await _table.TryDeleteAsync(Row(0).Key, Row(0).Counter, Token);
        Put(Of(Stream, Lease(0, Record(0, Created))));
        Assert.Equal(seen[0].Counter, Row(0).Counter);

        await DoAsync(seen);

        Assert.Equal(Record(0, Created), Row(0).Checkpoint);
        Assert.Equal(0, _logs.Count(1115));
    }

    [Fact]
    public async Task A_checkpoint_in_the_present_stream_disarms_nothing_and_is_kept()
    {
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Of(EarlierStream, Lease(0, Record(0, Created), "java")) with { ParentShardIds = [Id(8), Id(9)], HashKeyRange = new(0, 9) });
        Put(Of(EarlierStream, Lease(1, Record(1, Earlier), "java")));

        await DoAsync();

        // Its owner knows the parents of the earlier shard. The next owner waits for the parents of the current one.
        Assert.Equal((Record(0, Created), null, new HashKeyRange(0, Half)), (Row(0).Checkpoint, Row(0).Owner, Row(0).HashKeyRange!.Value));
        Assert.Empty(Row(0).ParentShardIds);
        Assert.Equal((ExtendedSequenceNumber.TrimHorizon, null), (Row(1).Checkpoint, Row(1).Owner));
        Assert.All(_table.Leases, l => Assert.Equal(Stream, LeaseAnnotations.StreamOf(l)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_stream_created_again_with_fewer_equal_or_more_shards_is_read_from_the_start_as_a_whole(int shards)
    {
        var width = UInt128.MaxValue / (UInt128)shards;
        _stream.Shards = [.. Enumerable.Range(0, shards)
            .Select(i => Open(
                i,
                width * (UInt128)i,
                i == shards - 1 ? UInt128.MaxValue : (width * (UInt128)(i + 1)) - 1).Created(Created))];

        // In the earlier stream shard 0 was split; one of its children was idle.
        Put(Of(EarlierStream, Lease(0, ExtendedSequenceNumber.ShardEnd)) with { ChildShardIds = [Id(1), Id(2)] });
        Put(Of(EarlierStream, Lease(1, Record(1, Earlier))) with { ParentShardIds = [Id(0)] });
        Put(Of(EarlierStream, Lease(2, ExtendedSequenceNumber.TrimHorizon)) with { ParentShardIds = [Id(0)] });

        await DoAsync();

        Assert.Equal(Enumerable.Range(0, shards).Select(i => $"{i}@TRIM_HORIZON"), Texts(_table.Leases));
        Assert.All(
            _table.Leases,
            l => Assert.Equal(
                (_stream.Shards.Single(s => s.ShardId == l.ShardId).HashKeyRange, Stream),
                (l.HashKeyRange, LeaseAnnotations.StreamOf(l))));
        Assert.All(_table.Leases, l => Assert.Empty(l.ParentShardIds.Concat(l.ChildShardIds)));
    }

    [Fact]
    public async Task What_has_no_lease_comes_first_so_that_a_stop_in_between_leaves_a_table_that_tells()
    {
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Of(EarlierStream, Lease(0, Record(0, Earlier))));
        _table.BeforeWrite = key =>
        {
            if (key == new LeaseKey(Id(0).Value))
            {
                throw new ThrottlingException("not now");
            }
        };
        await Assert.ThrowsAsync<ThrottlingException>(async () => await DoAsync());
        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, Row(1).Checkpoint);
        Assert.Equal(Record(0, Earlier), Row(0).Checkpoint);

        _table.BeforeWrite = null;
        await DoAsync();

        Assert.Equal(["0@TRIM_HORIZON", "1@TRIM_HORIZON"], Texts(_table.Leases));
    }

    [Fact]
    public async Task The_end_of_an_open_shard_is_taken_back_when_two_lists_show_it_open()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(Stream, Lease(0, ExtendedSequenceNumber.ShardEnd)));

        Assert.True(await DoAsync());
        Assert.True(await DoAsync()); // too soon: both lists may be outdated
        Assert.True(Row(0).Checkpoint.IsShardEnd);
        _time.Advance(ShardAbsence.MaxListDelay);
        Assert.False(await DoAsync());

        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, Row(0).Checkpoint);
        Assert.Equal((1, 0), (_logs.Count(1125), _logs.Count(1115)));
    }

    /// <summary>An operator has edited the row. Its owner continues and renews, but can no longer checkpoint.</summary>
    [Fact]
    public async Task So_is_the_end_of_an_open_shard_whose_owner_renews()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(Stream, Lease(0, ExtendedSequenceNumber.ShardEnd, "me")));

        Assert.True(await DoAsync());
        Renew(0);
        _time.Advance(ShardAbsence.MaxListDelay);
        Assert.False(await DoAsync());

        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, Row(0).Checkpoint);
        Assert.Equal((1, 0), (_logs.Count(1125), _logs.Count(1115)));
    }

    [Fact]
    public async Task A_list_that_is_a_moment_behind_takes_no_end_back()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(Stream, Lease(0, ExtendedSequenceNumber.ShardEnd)) with { ChildShardIds = [Id(1), Id(2)] });
        await DoAsync();
        _stream.Shards = [
            Closed(0, 0, UInt128.MaxValue).Created(Created, Created.AddDays(1)),
            Open(1, 0, Half, 0),
            Open(2, Half + 1, UInt128.MaxValue, 0),
        ];
        await DoAsync();
        Assert.True(Row(0).Checkpoint.IsShardEnd);
    }

    [Theory]
    [InlineData("letters")]
    [InlineData("arn:aws:kinesis:us-west-2:123456789012:stream/words@2026-03-01T00:00:00.000Z")]
    [InlineData("arn:aws:kinesis:us-east-1:210987654321:stream/words@2026-03-01T00:00:00.000Z")]
    [InlineData(Arn + "@2026-05-01T00:00:00.000Z")]
    public async Task Leases_of_another_stream_are_refused_and_nothing_is_written(string remembered)
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(StreamIdentity.ParseOrNull(remembered)!, Lease(0, At(5))));
        Put(Lease(7, ExtendedSequenceNumber.Latest));
        await _watch.RefreshAsync(Token);
        _table.BeforeWrite = key => throw new InvalidOperationException($"{key} is written");

        var refusal = await Assert.ThrowsAsync<InvalidStateException>(async () => await _maintenance.CheckAsync(
            await ListAsync(),
            mayWrite: true,
            Token));

        Assert.All(
            ["'app'", Arn, remembered.Split('@')[0], "Nothing was written", "kcl leases adopt"],
            expected => Assert.Contains(expected, refusal.Message, StringComparison.Ordinal));

        // While a fleet is already running, this is logged, and nothing is written.
        await DoAsync();
        Assert.Equal(1, _logs.Count(1123));
    }

    [Fact]
    public async Task Checkpoints_that_cannot_be_of_the_stream_are_refused_where_nothing_remembers_its_stream()
    {
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Lease(0, Record(0, Created)));
        Put(Lease(1, Record(1, Earlier)));
        await _watch.RefreshAsync(Token);
        _table.BeforeWrite = key => throw new InvalidOperationException($"{key} is written");

        var refusal = await Assert.ThrowsAsync<InvalidStateException>(async () => await _maintenance.CheckAsync(
            await ListAsync(),
            mayWrite: true,
            Token));

        Assert.All(
            ["'app'", "words", Id(1).Value, "2025-03-01", "Nothing was written", "kcl leases adopt"],
            expected => Assert.Contains(expected, refusal.Message, StringComparison.Ordinal));
    }

    /// <summary>
    /// The wrong stream has fewer shards. A stream lists each shard until its records expire, and the checkpoint is younger than that.
    /// </summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(25, false)] // its shard may have expired
    [InlineData(0, false)] // the list may be outdated
    public async Task A_young_checkpoint_of_a_shard_that_the_stream_does_not_list_is_refused(int hoursAgo, bool isRefused)
    {
        var recorded = Created.AddDays(2);
        _stream.ServiceTime = recorded.AddHours(hoursAgo).AddSeconds(5);
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Lease(0, ExtendedSequenceNumber.TrimHorizon));
        Put(Lease(1, new(ServiceNumber(1, hoursAgo == 0 ? recorded : Created.AddDays(1), recorded, 3))));
        await _watch.RefreshAsync(Token);
        _table.BeforeWrite = key => throw new InvalidOperationException($"{key} is written");

        var check = _maintenance.CheckAsync(await ListAsync(), mayWrite: false, Token).AsTask();
        Assert.Equal(isRefused, await Record(check) is InvalidStateException);

        static async Task<Exception?> Record(Task task) => await Xunit.Record.ExceptionAsync(() => task);
    }

    [Fact]
    public async Task Where_one_lease_remembers_the_stream_a_contradicting_one_is_started_over()
    {
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Of(Stream, Lease(0, Record(0, Created))));
        Put(Lease(1, Record(1, Earlier)));

        await _watch.RefreshAsync(Token);
        await _maintenance.CheckAsync(await ListAsync(), mayWrite: true, Token);

        Assert.Equal((Record(0, Created), ExtendedSequenceNumber.TrimHorizon), (Row(0).Checkpoint, Row(1).Checkpoint));
    }

    [Fact]
    public async Task Numbers_of_emulators_are_no_evidence()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue)]; // starts at 1000
        Put(Lease(0, At(1)));
        await _watch.RefreshAsync(Token);
        await _maintenance.CheckAsync(await ListAsync(), mayWrite: true, Token);
        await DoAsync();
        Assert.Equal(At(1), Row(0).Checkpoint);
    }

    [Fact]
    public async Task Leases_without_notes_get_them_without_disturbing_their_owners()
    {
        _stream.ServiceTime = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
        _stream.Shards = [Open(0, 0, Half).Created(Created), Open(1, Half + 1, UInt128.MaxValue).Created(Created)];
        Put(Lease(0, Record(0, Created), "java") with { Counter = 5, HashKeyRange = new(7, 8) });
        Put(Lease(1, ExtendedSequenceNumber.Latest, "java") with { Counter = 6 });

        await DoAsync();

        Assert.All(_table.Leases, l => Assert.Equal(("java", Stream), (l.Owner?.Value, LeaseAnnotations.StreamOf(l))));
        Assert.Equal([5, 6], _table.Leases.Select(l => l.Counter));
        Assert.Equal(
            [new HashKeyRange(0, Half), new HashKeyRange(Half + 1, UInt128.MaxValue)],
            _table.Leases.Select(l => l.HashKeyRange!.Value));

        // The time of LATEST is stored once, as known to this worker, and does not change afterwards.
        Assert.Equal(new StoredStartTime(_stream.ServiceTime.Value.AddSeconds(-2), IsObserved: true), LeaseAnnotations.StartOf(Row(1)));
        _stream.ServiceTime = _stream.ServiceTime.Value.AddHours(1);
        await DoAsync();
        Assert.Equal(new StoredStartTime(new(2026, 6, 1, 11, 59, 58, TimeSpan.Zero), IsObserved: true), LeaseAnnotations.StartOf(Row(1)));
    }

    [Fact]
    public async Task The_tip_of_a_lease_that_was_checkpointed_meanwhile_is_not_noted()
    {
        _stream.Shards = [Open(0, 0, UInt128.MaxValue).Created(Created)];
        Put(Of(Stream, Lease(0, ExtendedSequenceNumber.Latest, "java")));
        var seen = await ListAsync();
        _table.Write(new(Id(0).Value), LeaseWrite.Update(0, new() { Checkpoint = Record(0, Created) }));
        await DoAsync(seen);
        Assert.Null(LeaseAnnotations.StartOf(Row(0)));
    }

    private static ExtendedSequenceNumber Record(int shard, DateTimeOffset created) =>
        new(ServiceNumber(shard, created, created.AddHours(1), 3));

    private static Lease Of(StreamIdentity stream, Lease lease, StoredStartTime? start = null) =>
        lease with { PrivateAttributes = LeaseAnnotations.Of(stream, start) };

    private void Put(Lease lease) => _table.Create(lease);

    private void Renew(int number) => _table.Write(new(Id(number).Value), LeaseWrite.Update(Row(number).Counter, new()));

    private Lease Row(int number) => _table.Find(new(Id(number).Value))!;

    private async Task<LeaseListing> ListAsync() => await _table.ListAsync(Token);

    private async Task<bool> DoAsync(LeaseListing? seen = null) => await _maintenance.RunAsync(seen ?? await ListAsync(), Token);
}
