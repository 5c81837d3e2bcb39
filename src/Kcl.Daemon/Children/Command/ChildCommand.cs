namespace Kcl.Daemon.Children.Command;

/// <summary>The command that runs a child: a program and its arguments.</summary>
/// <param name="Program">The program as configured: a path, or a name that is looked up in PATH.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="WorkingDirectory">The working directory; null for that of this process.</param>
internal sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments, string? WorkingDirectory = null)
{
    /// <summary>Gets an empty command, which means that none is configured.</summary>
    public static ChildCommand None { get; } = new("", []);
}
