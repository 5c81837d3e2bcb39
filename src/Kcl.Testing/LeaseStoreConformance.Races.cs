using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <content>Concurrent writers.</content>
public abstract partial class LeaseStoreConformance
{
    /// <summary>If several writers have read the same row, one succeeds and the others get a conflict, not an exception.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task OnlyOneOfManyConcurrentWritersWins(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var lease = await CreateAsync(store, Bare(), cancellationToken).ConfigureAwait(false);
        var writes = await RunConcurrentlyAsync(
            i => store.TryWriteAsync(
                Key,
                LeaseWrite.Update(lease.Counter, new() { Owner = new(new($"worker-{i}")) }),
                cancellationToken).AsTask(),
            cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    /// <summary>If several workers create the same lease, one succeeds.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task OnlyOneOfManyConcurrentCreatorsWins(CancellationToken cancellationToken)
    {
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        var writes = await RunConcurrentlyAsync(
            i => store.TryCreateAsync(Bare() with { Owner = new($"worker-{i}") }, cancellationToken).AsTask(),
            cancellationToken).ConfigureAwait(false);
        var winner = RequireOneWinner(writes);
        RequireSame(winner.Current, await store.GetAsync(Key, cancellationToken).ConfigureAwait(false), "the row after a race");
    }

    private static async Task<LeaseWriteResult[]> RunConcurrentlyAsync(
        Func<int, Task<LeaseWriteResult>> write, CancellationToken cancellationToken)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 16).Select(async i =>
        {
            await start.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await write(i).ConfigureAwait(false);
        }).ToList(); // All writers wait before the first one starts.
        start.SetResult();
        return await Task.WhenAll(writers).ConfigureAwait(false);
    }
}
