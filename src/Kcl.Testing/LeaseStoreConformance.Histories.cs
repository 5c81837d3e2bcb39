using System.Globalization;
using Kcl.Leasing;
using static Kcl.Testing.ConformanceRows;

namespace Kcl.Testing;

/// <content>Random histories.</content>
public abstract partial class LeaseStoreConformance
{
    private const int HistorySteps = 300;

    /// <summary>Gets the seed of <see cref="RandomWritesFollowLeaseRow"/>. The message of a failure contains the seed.</summary>
    /// <value>
    /// The default is the value of the environment variable <c>KCL_TEST_SEED</c>, or a random seed if the variable is not set.
    /// </value>
    protected virtual int Seed { get; } = Environment.GetEnvironmentVariable("KCL_TEST_SEED") is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
#pragma warning disable RS0030 // Only the seed is random: a failure names it, and it repeats the history.
        : Random.Shared.Next();

    /// <summary>Random conditions and changes have the results and the rows that <see cref="LeaseRow"/> defines.</summary>
    /// <param name="cancellationToken">Cancels the case.</param>
    public async Task RandomWritesFollowLeaseRow(CancellationToken cancellationToken)
    {
        var random = new Random(Seed);
#pragma warning restore RS0030
        var writes = new RandomLeaseWrites(random);
        var store = await CreateEmptyAsync(cancellationToken).ConfigureAwait(false);
        LeaseKey[] keys = [new("shardId-000000000000"), new("shardId-000000000001")];
        var rows = keys.ToDictionary(static key => key, static _ => (Lease?)null);
        for (var step = 0; step < HistorySteps; step++)
        {
            var key = keys[random.Next(keys.Length)];
            var write = writes.Next(key, rows[key]);
            try
            {
                rows[key] = await RequireResultOfLeaseRowAsync(store, key, write, rows[key], cancellationToken).ConfigureAwait(false);
            }
            catch (ConformanceException exception)
            {
                throw new ConformanceException(
                    string.Join(
                        Environment.NewLine,
                        exception.Message,
                        $"after step {step} of a random history, which was {Describe(write)}",
                        $"To repeat this history, set KCL_TEST_SEED={Seed}."),
                    exception);
            }
        }

        var listed = (await store.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(static l => l.Key);
        foreach (var key in keys)
        {
            RequireSameOrNone(rows[key], listed.GetValueOrDefault(key), $"the row listed after the history with seed {Seed}");
        }
    }

    private static async Task<Lease?> RequireResultOfLeaseRowAsync(
        ILeaseStore store,
        LeaseKey key,
        LeaseWrite write,
        Lease? before,
        CancellationToken cancellationToken)
    {
        var admitted = LeaseRow.Admits(write.Condition, before);
        var after = admitted ? LeaseRow.Apply(write.Change, before) : before;
        var expected = admitted ? LeaseWriteStatus.Written : before is null ? LeaseWriteStatus.Missing : LeaseWriteStatus.Conflict;

        var result = await store.TryWriteAsync(key, write, cancellationToken).ConfigureAwait(false);
        Require(result.Status == expected, $"the result must be {expected}, but was {result.Status}");
        if (admitted || result.Current is not null)
        {
            RequireSameOrNone(after, result.Current, "the row in the result");
        }

        RequireSameOrNone(after, await store.GetAsync(key, cancellationToken).ConfigureAwait(false), "the row");
        return after;
    }

    private static void RequireSameOrNone(Lease? expected, Lease? actual, string what)
    {
        if (expected is null)
        {
            Require(actual is null, $"{what} must not exist, but there is one");
            return;
        }

        RequireSame(expected, actual, what);
    }

    private static string Describe(LeaseWrite write) =>
        $"{write} with private attributes [{Attributes(write.Condition.PrivateAttributes)}] required, "
        + $"[{Attributes((write.Change as LeaseUpdate)?.PrivateAttributes ?? new Dictionary<string, string?>())}] changed";

    private static string Attributes(IReadOnlyDictionary<string, string?> attributes) =>
        string.Join("; ", attributes.Select(static a => $"{a.Key}={a.Value ?? "absent"}"));
}
