namespace Kcl.Simulation;

/// <summary>What the logs of a simulated fleet's hosts may do wrong.</summary>
[Flags]
internal enum LogFaults
{
    /// <summary>Nothing: there is no log.</summary>
    None = 0,

    /// <summary>Every call throws, as with a full disk.</summary>
    Throw = 1,

    /// <summary>No call returns, as with a pipe that nobody reads.</summary>
    Block = 2,
}
