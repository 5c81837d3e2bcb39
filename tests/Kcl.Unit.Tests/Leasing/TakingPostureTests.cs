using Kcl.Leasing;
using Kcl.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leasing;

public class TakingPostureTests
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
            [(1, null, ExtendedSequenceNumber.TrimHorizon), (2, new WorkerId("dead"), ExtendedSequenceNumber.Latest), (3, new WorkerId("dead"), ExtendedSequenceNumber.ShardEnd)])
        {
            await store.TryCreateAsync(new() { Key = new($"shardId-{number:D12}"), ShardId = new($"shardId-{number:D12}"), Owner = owner, Checkpoint = checkpoint }, token);
        }

        var time = new FakeTimeProvider();
        var context = new LeaseContext(store, new(Failover), time, new Random(1), NullLogger.Instance);
        var taker = new LeaseTaker(context, new("me"), new(int.MaxValue, 1), new((_, _) => ValueTask.FromResult(mayTake), _ => true, _ => null, _ => false));
        List<HeldLease> taken = [];
        for (var round = 0; round < 3; round++)
        {
            taken.AddRange((await taker.RoundAsync(new Dictionary<LeaseKey, HeldLease>(), token)).Taken);
            time.Advance(Failover + TimeSpan.FromSeconds(1));
        }

        // Every write of an owner or a taker counts up.
        Assert.Equal(mayTake, (await store.ListAsync(token)).Any(static l => l.Counter > 0));
        Assert.Equal(mayTake, taken.Count > 0);
        foreach (var lease in taken)
        {
            await lease.DisposeAsync();
        }
    }
}
