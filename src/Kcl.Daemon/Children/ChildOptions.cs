namespace Kcl.Daemon.Children;

/// <summary>How the child of a shard is run. Null times mean no limit.</summary>
internal sealed record ChildOptions
{
    /// <summary>What to run.</summary>
    public required ChildCommand Command { get; init; }

    /// <summary>Variables for the children, beside those about the shard.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The longest wait for the next message of a child that has something to answer (<c>timeoutInSeconds</c>).</summary>
    public TimeSpan? MessageTimeout { get; init; }

    /// <summary>The longest wait for the answer to <c>initialize</c>, which includes the start of the program.</summary>
    public TimeSpan? StartupTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a child may take to end once its stdin is closed, before it is sent TERM.</summary>
    public TimeSpan ExitGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a child may take to end after TERM, before it is sent KILL.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a child may go on with what it is at when its lease is lost, or the worker's patience with a stop has run out.</summary>
    public TimeSpan AbandonGrace { get; init; } = TimeSpan.FromSeconds(3);
}
