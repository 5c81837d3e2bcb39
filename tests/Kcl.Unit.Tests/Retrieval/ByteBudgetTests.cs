using CsCheck;
using Kcl.Retrieval;

namespace Kcl.Unit.Tests.Retrieval;

public class ByteBudgetTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shard_that_holds_nothing_is_always_granted_one_response()
    {
        var budget = new ByteBudget(100);
        using var greedy = budget.Open();
        using var modest = budget.Open();
        using var all = await greedy.ReserveAsync(100, Cancelled);

        var granted = modest.ReserveAsync(1_000, Cancelled);

        Assert.True(granted.IsCompletedSuccessfully);
        (await granted).Dispose();
    }

    [Fact]
    public async Task A_shard_that_holds_something_waits_until_its_wish_fits()
    {
        var budget = new ByteBudget(100);
        using var account = budget.Open();
        var first = await account.ReserveAsync(60, Cancelled);
        var second = account.ReserveAsync(60, Cancelled);
        Assert.False(second.IsCompleted);

        first.Correct(30);

        (await second).Dispose();
        first.Dispose();
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task A_wish_larger_than_the_budget_is_granted_once_the_shards_own_bytes_are_back()
    {
        var budget = new ByteBudget(8);
        using var account = budget.Open();
        var first = await account.ReserveAsync(10, Cancelled);
        var second = account.ReserveAsync(10, Cancelled);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task Who_does_not_fit_does_not_hold_up_those_behind()
    {
        var budget = new ByteBudget(100);
        using var stuck = budget.Open();
        using var other = budget.Open();
        using var held = await stuck.ReserveAsync(50, Cancelled);
        using var small = await other.ReserveAsync(10, Cancelled);
        var tooMuch = stuck.ReserveAsync(90, Cancelled).AsTask();

        using var next = await other.ReserveAsync(30, Cancelled);

        Assert.False(tooMuch.IsCompleted);
        held.Dispose();
        (await tooMuch).Dispose();
    }

    [Fact]
    public async Task Waiters_are_served_in_the_order_they_came()
    {
        var budget = new ByteBudget(100);
        var accounts = Enumerable.Range(0, 4).Select(_ => budget.Open()).ToList();
        var held = new List<IDisposable>();
        foreach (var account in accounts)
        {
            held.Add(await account.ReserveAsync(25, Cancelled));
        }

        var waiting = accounts.Select(a => a.ReserveAsync(25, Cancelled).AsTask()).ToList();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        using var outsider = budget.Open();
        var big = await outsider.ReserveAsync(25, Cancelled); // because every shard may have one response
        held[3].Dispose(); // its own next one is granted before the queue, because it holds nothing
        await waiting[3];
        big.Dispose();
        Assert.False(waiting[0].IsCompleted); // still full: 75 + 25
        held[2].Dispose();
        await waiting[2];
        Assert.False(waiting[0].IsCompleted);
        (await waiting[3]).Dispose();
        await waiting[0];
        Assert.False(waiting[1].IsCompleted);
    }

    [Fact]
    public async Task Cancelled_waits_leave_the_queue_and_no_bytes_behind()
    {
        var budget = new ByteBudget(10);
        using var account = budget.Open();
        var held = await account.ReserveAsync(10, Cancelled);
        using var cancel = new CancellationTokenSource();
        var waiting = account.ReserveAsync(10, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Dispose();
        Assert.Equal(0, budget.Held);
        (await account.ReserveAsync(10, Cancelled)).Dispose();
    }

    [Fact]
    public async Task Giving_back_twice_counts_once()
    {
        var budget = new ByteBudget(10);
        using var account = budget.Open();
        var held = await account.ReserveAsync(4, Cancelled);

        held.Dispose();
        held.Dispose();

        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void Shares_follow_the_number_of_open_accounts()
    {
        var budget = new ByteBudget(120);
        Assert.Equal(120, budget.FairShare);
        var accounts = Enumerable.Range(0, 4).Select(_ => budget.Open()).ToList();
        Assert.Equal(30, budget.FairShare);
        accounts[0].Dispose();
        accounts[0].Dispose();
        Assert.Equal(40, budget.FairShare);
    }

    /// <summary>
    /// Many shards reserve, correct, hold, cancel and release concurrently. No shard waits forever, nothing leaks, and the budget is
    /// exceeded by at most one response per shard.
    /// </summary>
    [Fact]
    public async Task Under_stress_nobody_starves_and_nothing_leaks()
    {
        const int shards = 16;
        const int rounds = 400;
        const int largest = 50;
        var budget = new ByteBudget(100);
        var peak = 0L;

        await Task.WhenAll(Enumerable.Range(0, shards).Select(shard => Task.Run(async () =>
        {
            var random = new Random(shard);
            using var account = budget.Open();
            var held = new Queue<IDisposable>();
            for (var round = 0; round < rounds; round++)
            {
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
                var wish = account.ReserveAsync(random.Next(1, largest), cancel.Token).AsTask();
                if (!wish.IsCompleted)
                {
                    switch (random.Next(3))
                    {
                        case 0: await cancel.CancelAsync(); break;
                        case 1 when held.Count > 0: held.Dequeue().Dispose(); break;
                    }
                }

                while (!wish.IsCompleted && held.Count > 0)
                {
                    await Task.Yield();
                    held.Dequeue().Dispose(); // as the processor does: its own bytes are released independently of others
                }

                try
                {
                    var reservation = await wish.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
                    reservation.Correct(random.Next(0, largest));
                    held.Enqueue(reservation);
                }
                catch (OperationCanceledException)
                {
                }

                InterlockedMax(ref peak, budget.Held);
                while (held.Count > random.Next(0, 5))
                {
                    held.Dequeue().Dispose();
                }
            }

            while (held.TryDequeue(out var left))
            {
                left.Dispose();
            }
        })));

        Assert.Equal(0, budget.Held);
        Assert.InRange(peak, 1, budget.Capacity + (shards * 2 * largest));
    }

    /// <summary>Compares any sequence of operations of a few shards with the rule.</summary>
    [Fact]
    public void A_wish_is_granted_if_and_only_if_it_fits_or_its_shard_holds_nothing() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 40]).Array[1, 60].Sample(steps =>
        {
            const long capacity = 50;
            var budget = new ByteBudget(capacity);
            var accounts = Enumerable.Range(0, 3).Select(_ => budget.Open()).ToArray();
            var held = accounts.Select(_ => new Queue<(Task<ByteBudget.Account.Reservation> Task, long Bytes)>()).ToArray();
            var queue = new List<(int Shard, Task<ByteBudget.Account.Reservation> Task, long Bytes)>();
            foreach (var (shard, operation, bytes) in steps)
            {
                if (operation == 0 && !queue.Any(w => w.Shard == shard))
                {
                    queue.Add((shard, accounts[shard].ReserveAsync(bytes, CancellationToken.None).AsTask(), bytes));
                }
                else if (operation > 0 && held[shard].TryDequeue(out var back))
                {
                    back.Task.Result.Dispose();
                }

                // A shard that holds nothing is first, then the queue in its order.
                foreach (var emptyFirst in new[] { true, false })
                {
                    foreach (var wish in queue.ToList())
                    {
                        if (held[wish.Shard].Count == 0 || (!emptyFirst && held.Sum(h => h.Sum(r => r.Bytes)) + wish.Bytes <= capacity))
                        {
                            held[wish.Shard].Enqueue((wish.Task, wish.Bytes));
                            queue.Remove(wish);
                        }
                    }
                }

                if (budget.Held != held.Sum(h => h.Sum(r => r.Bytes))
                    || !Task.WhenAll(held.SelectMany(h => h).Select(h => h.Task)).Wait(5_000)
                    || queue.Any(w => w.Task.IsCompleted))
                {
                    return false;
                }
            }

            return true;
        });

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
