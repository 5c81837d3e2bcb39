namespace Kcl.Daemon.Children;

/// <summary>Finds the program a command names: a path as it is, a bare name in the directories of PATH.</summary>
internal static class ExecutableSearch
{
    /// <summary>Finds it.</summary>
    /// <param name="program">As configured.</param>
    /// <param name="workingDirectory">What a relative path is relative to; null for this process's directory.</param>
    /// <param name="path">The value of PATH.</param>
    /// <returns>The file; null if there is none that may be executed.</returns>
    public static string? Find(string program, string? workingDirectory, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && program.Contains('\\', StringComparison.Ordinal)))
        {
            var full = Path.GetFullPath(program, Path.GetFullPath(workingDirectory ?? "."));
            return IsExecutable(full) ? full : null;
        }

        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => Names(program).Select(name => Path.Combine(Path.GetFullPath(directory), name)))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Says that it was not found, and where it was looked for.</summary>
    public static string NotFoundMessage(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? $"'{program}' is not executable (chmod +x)." : $"'{program}' does not exist. Give the path of a program; a relative one begins at childWorkingDirectory, else where the daemon was started."
        : $"'{program}' is in none of the directories of PATH. Give its path, or extend PATH.";

    private static IEnumerable<string> Names(string program) => OperatingSystem.IsWindows() && !Path.HasExtension(program)
        ? [program + ".exe", program + ".cmd", program + ".bat"]
        : [program];

    private static bool IsExecutable(string file) => File.Exists(file)
        && (!OperatingSystem.IsLinux() || Libc.Access(file, Libc.ExecutableAccess) == 0);
}
