namespace Kcl.Cli.Internal;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>The command has completed, or was stopped on request.</summary>
    public const int Done = 0;

    /// <summary>The command has failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is not valid.</summary>
    public const int BadConfiguration = 2;
}
