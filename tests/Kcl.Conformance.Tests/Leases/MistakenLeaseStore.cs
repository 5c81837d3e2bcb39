using Kcl.Leasing;

namespace Kcl.Conformance.Tests.Leases;

/// <summary>A lease store in memory with a mistake: one function of the model is replaced.</summary>
internal sealed class MistakenLeaseStore : ILeaseStore
{
    private readonly Dictionary<LeaseKey, Lease> _rows = [];

    /// <summary>Gets the function that decides whether a condition holds.</summary>
    public Func<LeaseCondition, Lease?, bool> Admits { get; init; } = LeaseRow.Admits;

    /// <summary>Gets the function that applies a change.</summary>
    public Func<LeaseChange, Lease?, Lease?> Apply { get; init; } = LeaseRow.Apply;

    /// <summary>Gets the function that returns the result of a write whose condition does not hold.</summary>
    public Func<Lease?, LeaseWriteResult> Refuse { get; init; } = static row => row is null
        ? LeaseWriteResult.Missing()
        : LeaseWriteResult.Conflict(row);

    /// <summary>Gets the function that rejects writes that are not valid.</summary>
    public Action<LeaseKey, LeaseWrite> Validate { get; init; } = static (key, write) => write.ThrowIfInvalid(key);

    public string? ApplicationName => null;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new LeaseListing([.. _rows.Values]));

    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_rows.GetValueOrDefault(key));

    public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        Validate(key, write);
        var row = _rows.GetValueOrDefault(key);
        if (!Admits(write.Condition, row))
        {
            return ValueTask.FromResult(Refuse(row));
        }

        var after = Apply(write.Change, row);
        if (after is null)
        {
            _rows.Remove(key);
        }
        else
        {
            _rows[key] = after;
        }

        return ValueTask.FromResult(LeaseWriteResult.Written(after));
    }

    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        ValueTask.FromResult(LeaseFleet.OfThisLibrary);
}
