using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Leasing.Administration;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Retrieval;
using Microsoft.Extensions.Time.Testing;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Leasing.Administration;

public class LeaseAdoptionTests
{
    private const string Here = "words@2026-03-01T00:00:00.000Z";
    private const string HereBefore = "words@2025-03-01T00:00:00.000Z";
    private const string Elsewhere = "letters@2026-02-01T00:00:00.000Z";
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Earlier = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamDescriptionSummary Stream = FakeStream.Summary() with { CreationTimestamp = Created };
    private static readonly Shard Closed1 = Closed(1, 0, UInt128.MaxValue).Created(Created, Created.AddDays(1));
    private static readonly Shard Open2 = Open(2, 0, UInt128.MaxValue, 1).Created(Created.AddDays(1));

    private readonly InMemoryLeaseStore _store = new();
    private readonly LeaseAdministrator _administrator;

    public LeaseAdoptionTests() => _administrator = new(_store, TimeSpan.FromSeconds(10), new FakeTimeProvider());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="shard">The shard: 1 is closed, 2 is open, 3 is not in the stream.</param>
    /// <param name="remembered">The stream that the lease names.</param>
    /// <param name="checkpoint">
    /// Its checkpoint: <c>old</c> is a record of the deleted stream, <c>new</c> is one of the current stream.
    /// </param>
    /// <param name="expected">The expected change of the lease.</param>
    [Theory]
    [InlineData(2, null, "new", "Note")]
    [InlineData(2, null, "1", "Note")] // a number of an emulator proves nothing
    [InlineData(2, null, "LATEST", "Note")]
    [InlineData(2, null, "old", "Restart")]
    [InlineData(2, null, "SHARD_END", "Restart")] // the shard is open
    [InlineData(1, null, "SHARD_END", "Note")]
    [InlineData(2, Here, "new", "Skip")]
    [InlineData(2, Here, "LATEST", "Skip")]
    [InlineData(1, Here, "SHARD_END", "Skip")]
    [InlineData(2, Here, "old", "Restart")]
    [InlineData(2, HereBefore, "LATEST", "Restart")]
    [InlineData(1, HereBefore, "SHARD_END", "Restart")]
    [InlineData(2, HereBefore, "new", "Note")]
    [InlineData(2, Elsewhere, "LATEST", "Note")]
    [InlineData(2, Elsewhere, "TRIM_HORIZON", "Note")]
    [InlineData(2, Elsewhere, "1", "Restart")]
    [InlineData(1, Elsewhere, "SHARD_END", "Restart")]
    [InlineData(2, Elsewhere, "new", "Restart")] // streams that were created in the same second have the same numbers
    [InlineData(3, null, "old", "Remove")]
    [InlineData(3, null, "SHARD_END", "Note")] // it may have been trimmed long ago
    [InlineData(3, Here, "SHARD_END", "Skip")]
    [InlineData(3, HereBefore, "SHARD_END", "Remove")]
    [InlineData(3, Elsewhere, "TRIM_HORIZON", "Remove")]
    public void What_becomes_of_a_lease_follows_from_its_stream_and_its_checkpoint(
        int shard,
        string? remembered,
        string checkpoint,
        string expected)
    {
        var listed = shard switch { 1 => Closed1, 2 => Open2, _ => null };
        Assert.Equal(expected, Adoption(listed).Evaluate(Row(shard, remembered, checkpoint)).ToString());
    }

    [Fact]
    public void Numbers_of_streams_that_were_created_in_one_second_are_no_evidence()
    {
        var stream = StreamIdentity.Of(Stream with { CreationTimestamp = Created.AddMilliseconds(900) });
        var lease = Row(2, "words@2026-03-01T00:00:00.100Z", "new");

        Assert.Equal(AdoptionAction.Restart, new LeaseAdoption(stream, Tree([Open2])).Evaluate(lease));
    }

    [Theory]
    [InlineData(1, null, "SHARD_END", "Restart")]
    [InlineData(3, null, "SHARD_END", "Remove")]
    [InlineData(1, Here, "SHARD_END", "Skip")]
    [InlineData(1, null, "new", "Note")]
    [InlineData(2, null, "LATEST", "Note")]
    public void Beside_leases_of_another_stream_an_end_that_names_none_is_not_believed(
        int shard,
        string? remembered,
        string checkpoint,
        string expected)
    {
        var listed = shard switch { 1 => Closed1, 2 => Open2, _ => null };
        var action = (Adoption(listed) with { HasLeasesOfAnother = true }).Evaluate(Row(shard, remembered, checkpoint));
        Assert.Equal(expected, action.ToString());
    }

    [Theory]
    [InlineData(null, "Remove")]
    [InlineData(Here, "Note")] // the list may be outdated
    public void A_young_checkpoint_of_a_shard_that_is_not_listed_is_of_another_stream_as_for_a_worker(string? neighbor, string expected)
    {
        var young = new ExtendedSequenceNumber(ServiceNumber(3, Created.AddDays(1), Created.AddDays(2), 7));
        var lease = Row(3, null, "new") with { Checkpoint = young };
        var adoption = Adoption(null).WithOtherLeases([lease, Row(1, neighbor, "LATEST")], Created.AddDays(2).AddHours(1));
        Assert.Equal(expected, adoption.Evaluate(lease).ToString());
        Assert.Equal(expected == "Remove", adoption.HasLeasesOfAnother);
        Assert.Equal(AdoptionAction.Note, adoption.WithOtherLeases([lease], Created.AddDays(9)).Evaluate(lease));
    }

    [Fact]
    public async Task A_finished_lease_that_names_no_stream_starts_over_with_one_that_cannot_be_of_it()
    {
        await AddAsync(Row(1, null, "SHARD_END"));
        await AddAsync(Row(2, null, "old"));
        await _administrator.ApplyAsync(await _administrator.PlanAsync(Adopt(), null, force: false, Token), Token);
        Assert.All(await _store.ListAsync(Token), static r => Assert.Equal(ExtendedSequenceNumber.TrimHorizon, r.Checkpoint));
    }

    [Fact]
    public async Task An_adoption_names_the_stream_and_keeps_checkpoints_that_can_be_of_it()
    {
        var fits = await AddAsync(Row(1, null, "new"));
        var contradicted = await AddAsync(Row(2, null, "old") with {
            PendingCheckpoint = ExtendedSequenceNumber.Parse("7"),
            ParentShardIds = [] });
        await AddAsync(Row(3, Elsewhere, "LATEST"));

        var plan = await _administrator.PlanAsync(Adopt(), null, force: false, Token);
        Assert.True(plan.CanApply);
        Assert.Equal(
            [
                $"is assigned to the stream, and keeps its checkpoint {fits.Checkpoint}",
                $"restarts at TRIM_HORIZON: its checkpoint {contradicted.Checkpoint} cannot be a position of the stream",
                "is removed with its checkpoint LATEST: it belongs to letters (created 2026-02-01 00:00:00 UTC), and the stream "
                    + "has no such shard",
            ],
            plan.Steps.Select(static s => s.Description));
        Assert.Contains(
            plan.Notes,
            static n => n.Contains("words", StringComparison.Ordinal) && n.Contains("will not start", StringComparison.Ordinal));
        Assert.All(await _administrator.ApplyAsync(plan, Token), static o => Assert.Equal(LeaseWriteStatus.Written, o.Status));

        var rows = await _store.ListAsync(Token);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, static r => Assert.Equal(Here, r.PrivateAttributes[LeaseAnnotations.Stream]));
        Assert.Equal((fits.Checkpoint, fits.Counter), (rows[0].Checkpoint, rows[0].Counter));
        Assert.Equal((ExtendedSequenceNumber.TrimHorizon, null), (rows[1].Checkpoint, rows[1].PendingCheckpoint));
        Assert.Equal([Id(1)], rows[1].ParentShardIds);
        Assert.Equal(Open2.HashKeyRange, rows[1].HashKeyRange);

        // A second adoption changes nothing.
        Assert.False((await _administrator.PlanAsync(Adopt(), null, force: false, Token)).HasWrites);
    }

    [Fact]
    public async Task What_LATEST_meant_in_another_stream_is_forgotten()
    {
        var row = Row(2, Elsewhere, "LATEST");
        await AddAsync(row with { PrivateAttributes = new Dictionary<string, string>(
            row.PrivateAttributes,
            StringComparer.Ordinal) { [LeaseAnnotations.Start] = "2026-02-02T00:00:00.000Z" } });
        await _administrator.ApplyAsync(await _administrator.PlanAsync(Adopt(), null, force: false, Token), Token);
        var (name, value) = Assert.Single(Assert.Single(await _store.ListAsync(Token)).PrivateAttributes);
        Assert.Equal((LeaseAnnotations.Stream, Here), (name, value));
    }

    [Fact]
    public async Task A_live_owner_is_noted_beside_but_not_started_over_unless_forced()
    {
        await AddAsync(Row(1, null, "new") with { Owner = new("live") });
        await AddAsync(Row(2, null, "old") with { Owner = new("live") });
        var time = new FakeTimeProvider();
        var planning =
            new LeaseAdministrator(_store, TimeSpan.FromSeconds(10), time).PlanAsync(Adopt(), null, force: false, Token).AsTask();
        while (!planning.IsCompleted)
        {
            foreach (var row in await _store.ListAsync(Token))
            {
                await _store.TryWriteAsync(row.Key, LeaseWrite.Update(row.Counter, new()), Token);
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        var plan = await planning;
        Assert.Equal([LeaseStepAction.Write, LeaseStepAction.Refuse], plan.Steps.Select(static s => s.Action));
        Assert.False(plan.CanApply);

        var forced = await _administrator.PlanAsync(Adopt(), null, force: true, Token);
        await _administrator.ApplyAsync(forced, Token);
        var rows = await _store.ListAsync(Token);
        Assert.Equal([new WorkerId("live"), null], rows.Select(static r => r.Owner));
    }

    [Fact]
    public async Task A_reset_forgets_what_the_former_position_meant()
    {
        var row = Row(2, Here, "LATEST");
        await AddAsync(row with { PrivateAttributes = new Dictionary<string, string>(
            row.PrivateAttributes,
            StringComparer.Ordinal) { [LeaseAnnotations.Start] = "2026-03-02T00:00:00.000Z" } });
        await _administrator.ApplyAsync(
            await _administrator.PlanAsync(LeaseOperation.Reset(ExtendedSequenceNumber.Latest), null, force: false, Token),
            Token);
        var reset = Assert.Single(await _store.ListAsync(Token));
        Assert.Equal(ExtendedSequenceNumber.Latest, reset.Checkpoint);
        Assert.Equal([LeaseAnnotations.Stream], reset.PrivateAttributes.Keys);
    }

    private static LeaseAdoption Adoption(Shard? listed) => new(StreamIdentity.Of(Stream), Tree(listed is null ? [] : [listed]));

    private static LeaseOperation Adopt() => LeaseOperation.Adopt(Stream, [Closed1, Open2]);

    private static Lease Row(int shard, string? remembered, string checkpoint)
    {
        var (created, old) = (shard == 2 ? Created.AddDays(1) : Created, Earlier);
        var lease = Lease(shard, checkpoint switch
        {
            "old" => new(ServiceNumber(shard, old, old.AddDays(1), 3)),
            "new" => new(ServiceNumber(shard, created, created.AddHours(1), 3)),
            _ => ExtendedSequenceNumber.Parse(checkpoint),
        });
        return remembered is null
            ? lease
            : lease with { PrivateAttributes = LeaseAnnotations.Of(StreamIdentity.ParseOrNull(remembered), null) };
    }

    private async Task<Lease> AddAsync(Lease lease) => (await _store.TryCreateAsync(lease, Token)).Current!;
}
