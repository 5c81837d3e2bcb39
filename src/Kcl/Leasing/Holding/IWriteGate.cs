namespace Kcl.Leasing.Holding;

/// <summary>Decides when a write of a lease may begin.</summary>
internal interface IWriteGate
{
    /// <summary>Waits until the write may begin.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask EnterAsync(CancellationToken cancellationToken);

    /// <summary>Ends the write, so that the next one may begin.</summary>
    void Exit();
}
