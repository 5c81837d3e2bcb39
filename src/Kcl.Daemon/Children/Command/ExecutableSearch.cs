using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kcl.Daemon.Children.Command;

/// <summary>Finds the program of a command. A path is used as it is; a name without a path is looked up in PATH.</summary>
internal static partial class ExecutableSearch
{
    private const int ExecutableAccess = 1; // X_OK

    /// <summary>Finds a program.</summary>
    /// <param name="program">The program as configured.</param>
    /// <param name="workingDirectory">The directory to which relative paths refer; null for that of this process.</param>
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
            .SelectMany(directory => GetFileNames(program).Select(name => Path.Combine(Path.GetFullPath(directory), name)))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Returns a message that says why a program was not found, and how to fix it.</summary>
    /// <param name="program">The program as configured.</param>
    public static string NotFoundMessage(string program)
    {
        if (!program.Contains('/', StringComparison.Ordinal))
        {
            return $"'{program}' was not found in the directories of PATH. Specify its path, or add its directory to PATH.";
        }

        return File.Exists(program)
            ? $"'{program}' is not executable. Make it executable (chmod +x)."
            : $"'{program}' does not exist. Specify the path of a program. A relative path refers to childWorkingDirectory, or to "
                + "the daemon's directory.";
    }

    private static IEnumerable<string> GetFileNames(string program) => OperatingSystem.IsWindows() && !Path.HasExtension(program)
        ? [program + ".exe", program + ".cmd", program + ".bat"]
        : [program];

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (!OperatingSystem.IsLinux() || Access(file, ExecutableAccess) == 0);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
