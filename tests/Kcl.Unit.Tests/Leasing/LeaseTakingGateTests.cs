using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Leasing.Taking;
using Kcl.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leasing;

public class LeaseTakingGateTests
{
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_leases_are_assigned_nothing_is_written_not_even_to_a_dead_workers_finished_shard(bool mayTake)
    {
        var token = TestContext.Current.CancellationToken;
        var store = new InMemoryLeaseStore();
        foreach (var (number, owner, checkpoint) in ((int, WorkerId?, ExtendedSequenceNumber)[])
        [
            (1, null, ExtendedSequenceNumber.TrimHorizon),
            (2, new WorkerId("dead"), ExtendedSequenceNumber.Latest),
            (3, new WorkerId("dead"), ExtendedSequenceNumber.ShardEnd),
        ])
        {
            var id = $"shardId-{number:D12}";
            await store.TryCreateAsync(new() { Key = new(id), ShardId = new(id), Owner = owner, Checkpoint = checkpoint }, token);
        }

        var time = new FakeTimeProvider();
        var context = new LeasingServices(store, new(Failover), time, new Random(1), NullLogger.Instance);
        var taker = new LeaseTaker(
            context,
            new("me"),
            new CountBasedDecider(new(int.MaxValue, 1)),
            new(static table => table, (_, _) => ValueTask.FromResult(mayTake), _ => true, _ => null, _ => false));
        List<HeldLease> taken = [];
        for (var round = 0; round < 3; round++)
        {
            taken.AddRange((await taker.RunRoundAsync(new Dictionary<LeaseKey, HeldLease>(), token)).Taken);
            time.Advance(Failover + TimeSpan.FromSeconds(1));
        }

        // Every write of an owner or a taker increments the counter.
        Assert.Equal(mayTake, (await store.ListAsync(token)).Any(static l => l.Counter > 0));
        Assert.Equal(mayTake, taken.Count > 0);
        foreach (var lease in taken)
        {
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_take_notes_what_the_rules_say_and_is_told_whether_it_is_the_first_reader()
    {
        var token = TestContext.Current.CancellationToken;
        var store = new InMemoryLeaseStore();
        foreach (var number in (int[])[1, 2, 3])
        {
            await store.TryCreateAsync(
                new() { Key = new($"{number}"), ShardId = new($"{number}"), Checkpoint = ExtendedSequenceNumber.Latest },
                token);
        }

        var context = new LeasingServices(store, new(Failover), new FakeTimeProvider(), new Random(1), NullLogger.Instance);
        var rules = new TakingRules(
            static table => table,
            static (_, _) => ValueTask.FromResult(true),
            static l => l.Key.Value != "3",
            static l => new Dictionary<string, string?> { ["kclNote"] = $"taken {l.Key}" },
            static l => l.Key.Value == "2");
        var taken = (
            await new LeaseTaker(
                context,
                new("me"),
                new CountBasedDecider(new(int.MaxValue, 1)),
                rules).RunRoundAsync(new Dictionary<LeaseKey, HeldLease>(), token))
            .Taken.OrderBy(static l => l.Key)
            .ToArray();
        Assert.Equal([("1", false), ("2", true)], taken.Select(static l => (l.Key.Value, l.StartsAtTip)));
        Assert.All(taken, static l => Assert.Equal($"taken {l.Key}", l.Current.PrivateAttributes["kclNote"]));
        Assert.Equal(
            ["taken 1", "taken 2", null],
            (await store.ListAsync(token)).Select(static l => l.PrivateAttributes.GetValueOrDefault("kclNote")));
        foreach (var lease in taken)
        {
            await lease.DisposeAsync();
        }
    }
}
