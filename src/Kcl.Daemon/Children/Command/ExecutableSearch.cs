using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kcl.Daemon.Children.Command;

/// <summary>Finds the program of a command: a path as it is, a bare name in the directories of PATH.</summary>
internal static partial class ExecutableSearch
{
    private const int ExecutableAccess = 1; // X_OK

    /// <summary>Finds a program.</summary>
    /// <param name="program">The program as configured.</param>
    /// <param name="workingDirectory">The start of relative paths; null for this process's directory.</param>
    /// <param name="path">The value of PATH.</param>
    /// <returns>The file; null if no executable file was found.</returns>
    public static string? Find(string program, string? workingDirectory, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal)
            || (OperatingSystem.IsWindows() && program.Contains('\\', StringComparison.Ordinal)))
        {
            var full = Path.GetFullPath(program, Path.GetFullPath(workingDirectory ?? "."));
            return IsExecutable(full) ? full : null;
        }

        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => Names(program).Select(name => Path.Combine(Path.GetFullPath(directory), name)))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Returns why a program was not found, and what to do.</summary>
    /// <param name="program">The program as configured.</param>
    public static string NotFoundMessage(string program)
    {
        if (!program.Contains('/', StringComparison.Ordinal))
        {
            return $"'{program}' is in none of the directories of PATH. Give its path, or extend PATH.";
        }

        return File.Exists(program)
            ? $"'{program}' is not executable. Make it executable (chmod +x)."
            : $"'{program}' does not exist. Give the path of a program; a relative path starts at childWorkingDirectory, or at the "
                + $"daemon's directory.";
    }

    private static IEnumerable<string> Names(string program) => OperatingSystem.IsWindows() && !Path.HasExtension(program)
        ? [program + ".exe", program + ".cmd", program + ".bat"]
        : [program];

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (!OperatingSystem.IsLinux() || Access(file, ExecutableAccess) == 0);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
