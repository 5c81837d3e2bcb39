using Kcl.Internal;

namespace Kcl.Daemon.Children.Command;

/// <summary>Options of the child of a shard.</summary>
internal sealed record ChildOptions
{
    /// <summary>Gets or sets the command to run.</summary>
    /// <value>Required.</value>
    public ChildCommand Command { get; set; } = ChildCommand.None;

    /// <summary>Gets or sets the environment variables of the children, in addition to those about the shard.</summary>
    /// <value>The default is no variables.</value>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>
    /// Gets or sets the maximum time that a child may take for its next message during an action (<c>timeoutInSeconds</c>).
    /// </summary>
    /// <value>The default is null: no limit.</value>
    public TimeSpan? MessageTimeout { get; set; }

    /// <summary>Gets or sets the maximum time to wait for the answer to <c>initialize</c>, including the start of the program.</summary>
    /// <value>The default is 5 minutes; null means no limit.</value>
    public TimeSpan? StartupTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long a child may take to exit after its stdin is closed, before it is sent TERM.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan ExitTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long a child may take to exit after TERM, before it is sent KILL.</summary>
    /// <value>The default is 2 seconds.</value>
    public TimeSpan KillTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a child may continue its action after its lease is lost or the time for a stop has elapsed.</summary>
    /// <value>The default is 3 seconds.</value>
    public TimeSpan AbandonTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Returns every problem of the options; empty if they are valid.</summary>
    internal IReadOnlyList<string> Validate()
    {
        var problems = new OptionsProblems()
            .NotEmpty(nameof(Command), Command?.Program, "It is the program that is run for each shard.")
            .NotNull(nameof(Environment), Environment)
            .Duration(nameof(ExitTimeout), ExitTimeout, TimeSpan.Zero)
            .Duration(nameof(KillTimeout), KillTimeout, TimeSpan.Zero)
            .Duration(nameof(AbandonTimeout), AbandonTimeout, TimeSpan.Zero);
        if (MessageTimeout is { } messageTimeout)
        {
            problems.PositiveDuration(nameof(MessageTimeout), messageTimeout);
        }

        if (StartupTimeout is { } startupTimeout)
        {
            problems.PositiveDuration(nameof(StartupTimeout), startupTimeout);
        }

        return problems.All;
    }

    /// <summary>Validates the options and returns a copy.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal ChildOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the children", Validate());
        return this with { Environment = new Dictionary<string, string>(Environment) };
    }
}
