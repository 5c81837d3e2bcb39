using Kcl.Coordination;
using Kcl.Coordination.ShardSync;
using Kcl.Leasing;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>
/// Tests the first leases of an application: LATEST is the time at which the stream was first described, even if the creation of leases
/// fails later.
/// </summary>
public sealed class FirstLeaseCreatorTests : IAsyncLifetime
{
    private static readonly UInt128 Half = UInt128.MaxValue / 2;
    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly FailingCreations _store;
    private readonly ListedStream _stream = new()
    {
        Arn = StreamArn.Parse("arn:aws:kinesis:us-east-1:123456789012:stream/words"),
        CreatedAt = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero),
        Shards = [Open(0, 0, Half), Open(1, Half + 1, UInt128.MaxValue)],
    };
    private readonly List<ShardListReader> _readers = [];
    private FirstLeaseCreator _creator = null!;

    public FirstLeaseCreatorTests() => _store = new(_table);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _creator = await NewAsync();

    public ValueTask DisposeAsync()
    {
        _readers.ForEach(static r => r.Dispose());
        return default;
    }

    [Fact]
    public async Task Every_first_lease_remembers_the_instant_of_the_look()
    {
        var look = await RunAsync(_creator);
        Assert.Equal(2, _table.Leases.Count);
        Assert.All(
            _table.Leases,
            l => Assert.Equal(
                (ExtendedSequenceNumber.Latest, new StoredStartTime(look)), (l.Checkpoint, LeaseAnnotations.StartOf(l)!.Value)));
        Assert.All(_table.Leases, l => Assert.Equal("words", LeaseAnnotations.StreamOf(l)!.Name.Value));
    }

    [Fact]
    public async Task The_instant_is_the_services()
    {
        _stream.ServiceTime = _time.GetUtcNow() - TimeSpan.FromHours(1);
        await RunAsync(_creator);
        Assert.All(
            _table.Leases,
            l => Assert.Equal(_stream.ServiceTime - TimeSpan.FromSeconds(2), LeaseAnnotations.StartOf(l)!.Value.Instant));
    }

    [Fact]
    public async Task A_creation_that_failed_half_way_continues_at_the_instant_with_which_it_began()
    {
        _store.Failing = Id(1);
        var look = await RunAsync(_creator, fails: true);
        Assert.Single(_table.Leases);

        _store.Failing = null;
        _time.Advance(TimeSpan.FromMinutes(5));
        await RunAsync(_creator);
        Assert.Equal(2, _table.Leases.Count);
        Assert.All(_table.Leases, l => Assert.Equal(new StoredStartTime(look), LeaseAnnotations.StartOf(l)));
    }

    [Fact]
    public async Task A_creation_that_failed_whole_continues_at_the_instant_with_which_it_began()
    {
        (_store.Failing, _store.FailsAll) = (Id(0), true);
        var look = await RunAsync(_creator, fails: true);
        Assert.Empty(_table.Leases);

        (_store.Failing, _store.FailsAll) = (null, false);
        _time.Advance(TimeSpan.FromMinutes(5));
        await RunAsync(_creator);
        Assert.All(_table.Leases, l => Assert.Equal(new StoredStartTime(look), LeaseAnnotations.StartOf(l)));
        Assert.False(_creator.IsFirstReader(_table.Leases[0]));
    }

    [Fact]
    public async Task Another_process_continues_at_that_instant_too()
    {
        _store.Failing = Id(1);
        var look = await RunAsync(_creator, fails: true);
        _store.Failing = null;
        _time.Advance(TimeSpan.FromMinutes(5));
        await RunAsync(await NewAsync());

        // There are leases now, so the maintenance creates the others.
        Assert.Single(_table.Leases);
        var (_, sync, shards) = await PartsAsync();
        await sync.CreateMissingAsync(await shards.ListAsync(TimeSpan.Zero, Token), await _table.ListAsync(Token), review: null, Token);
        Assert.Equal(2, _table.Leases.Count);
        Assert.All(_table.Leases, l => Assert.Equal(new StoredStartTime(look), LeaseAnnotations.StartOf(l)));
    }

    [Fact]
    public async Task The_worker_that_looked_first_reads_from_the_tip_for_a_moment_and_nobody_else_does()
    {
        var other = await NewAsync();
        Assert.False(_creator.IsFirstReader(Lease(0, ExtendedSequenceNumber.Latest)));
        await RunAsync(_creator);
        var row = _table.Leases[0];
        Assert.True(_creator.IsFirstReader(row));
        Assert.False(other.IsFirstReader(row));
        Assert.False(_creator.IsFirstReader(row with { Counter = 1 }));
        Assert.False(_creator.IsFirstReader(row with { Owner = new("peer") }));
        Assert.False(_creator.IsFirstReader(row with { OwnerSwitchesSinceCheckpoint = 1 }));
        Assert.False(_creator.IsFirstReader(row with { PrivateAttributes = new Dictionary<string, string>() }));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_creator.IsFirstReader(row));
    }

    [Fact]
    public async Task Nothing_is_created_beside_rows_that_cannot_be_read()
    {
        _store.Unreadable = [new() { Key = new("shardId-000000000000"), Problem = "its checkpoint is gibberish" }];
        await RunAsync(_creator);
        Assert.Empty(_table.Leases);
    }

    private async Task<FirstLeaseCreator> NewAsync()
    {
        var (watch, sync, shards) = await PartsAsync();
        return new(Context(), watch, shards, sync, new(Context()));
    }

    private async Task<(StreamMonitor Watch, LeaseCreator Sync, ShardListReader Shards)> PartsAsync()
    {
        var watch = new StreamMonitor(Context(), _stream, new StreamName("words"));
        await watch.RefreshAsync(Token);
        var shards = new ShardListReader(_stream, new StreamName("words"), _time);
        _readers.Add(shards);
        return (watch, new(Context(), shards, watch, StartPosition.Latest(null)), shards);
    }

    private CoordinationServices Context() => Services(_store, _time);

    /// <summary>Runs it once.</summary>
    /// <returns>The safe start time of this run: two seconds before the current time.</returns>
    private async Task<DateTimeOffset> RunAsync(FirstLeaseCreator creator, bool fails = false)
    {
        var run = creator.RunAsync(Token);
        if (fails)
        {
            await Assert.ThrowsAsync<DependencyException>(() => _time.RunUntilAsync(run, TimeSpan.FromSeconds(1)));
        }
        else
        {
            await _time.RunUntilAsync(run, TimeSpan.FromSeconds(1));
        }

        return _time.GetUtcNow() - TimeSpan.FromSeconds(2);
    }

    /// <summary>A table that fails to create some leases, and may have rows that cannot be read.</summary>
    private sealed class FailingCreations(InMemoryLeaseStore table) : ILeaseStore
    {
        public string? ApplicationName => table.ApplicationName;

        public ShardId? Failing { get; set; }

        public bool FailsAll { get; set; }

        public IReadOnlyList<UnreadableLease> Unreadable { get; set; } = [];

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => table.InitializeAsync(cancellationToken);

        public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) =>
            new(await table.ListAsync(cancellationToken), Unreadable);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => table.GetAsync(key, cancellationToken);

        public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) =>
            write.Change is LeaseCreation creation && (FailsAll || creation.Lease.ShardId == Failing)
                ? throw new DependencyException("simulated: throttled")
                : table.TryWriteAsync(key, write, cancellationToken);

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            table.InspectFleetAsync(listed, cancellationToken);
    }
}
