namespace Kcl.Leasing.Holding;

/// <summary>The exchangeable parts of a held lease's writes.</summary>
internal sealed record LeaseWriting
{
    /// <summary>Gets the function that creates the gate of a lease.</summary>
    public Func<IWriteGate> CreateGate { get; init; } = static () => new WriteGate();

    /// <summary>Gets the judge of writes whose outcome is not known.</summary>
    public IWriteReconciliation Reconciliation { get; init; } = new WriteReconciliation();
}
