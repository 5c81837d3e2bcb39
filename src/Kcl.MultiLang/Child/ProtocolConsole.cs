using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kcl.MultiLang.Child;

/// <summary>
/// Reserves stdout for the protocol and redirects all other output to stderr: <see cref="Console.Out"/> and, on Unix, file descriptor 1,
/// which native code and subprocesses use.
/// </summary>
internal sealed partial class ProtocolConsole : IDisposable
{
    private const int Stdout = 1;
    private const int Stderr = 2;
    private readonly TextWriter _previousOut = Console.Out;

    public ProtocolConsole()
    {
        Console.Out.Flush();
        Output = OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : TakeDescriptor() ?? Console.OpenStandardOutput();
        Console.SetOut(Console.Error);
    }

    /// <summary>Gets the original stdout, which the daemon reads.</summary>
    public Stream Output { get; }

    /// <summary>Restores stdout.</summary>
    public void Dispose()
    {
        Console.SetOut(_previousOut);
        if (Output is FileStream { SafeFileHandle: var handle })
        {
            _ = Dup2((int)handle.DangerousGetHandle(), Stdout);
        }

        Output.Dispose();
    }

    private static FileStream? TakeDescriptor()
    {
        var copy = Dup(Stdout);
        if (copy < 0 || Dup2(Stderr, Stdout) < 0)
        {
            return null;
        }

        return new(new SafeFileHandle(copy, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup(int fd);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup2(int fd, int target);
}
