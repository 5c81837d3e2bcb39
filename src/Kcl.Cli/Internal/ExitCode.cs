namespace Kcl.Cli.Internal;

/// <summary>What the program's end says.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped as asked.</summary>
    public const int Done = 0;

    /// <summary>Anything that is neither of the others.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a file it names cannot be used as it is.</summary>
    public const int BadConfiguration = 2;
}
