namespace Kcl.Leasing.Holding;

/// <summary>The parts of the writes of a held lease that tests can replace.</summary>
internal sealed record LeaseWriting
{
    /// <summary>Gets the function that creates the gate of a lease.</summary>
    public Func<IWriteGate> CreateGate { get; init; } = static () => new WriteGate();

    /// <summary>Gets the reconciliation of writes whose outcome is not known.</summary>
    public IWriteReconciliation Reconciliation { get; init; } = new WriteReconciliation();
}
