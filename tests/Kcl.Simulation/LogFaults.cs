namespace Kcl.Simulation;

/// <summary>The faults of the logs of a simulated fleet's hosts.</summary>
[Flags]
internal enum LogFaults
{
    /// <summary>There is no log.</summary>
    None = 0,

    /// <summary>Every call throws, as with a full disk.</summary>
    Throw = 1,

    /// <summary>No call returns, as with a pipe that nobody reads.</summary>
    Block = 2,
}
