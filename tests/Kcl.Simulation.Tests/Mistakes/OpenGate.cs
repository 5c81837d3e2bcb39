using Kcl.Leasing.Holding;

namespace Kcl.Simulation.Tests.Mistakes;

/// <summary>Admits every write immediately.</summary>
internal sealed class OpenGate : IWriteGate
{
    public ValueTask EnterAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Exit()
    {
    }
}
