using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kcl.MultiLang.Child;

/// <summary>Takes stdout for the protocol and gives everybody else stderr instead: <see cref="Console.Out"/>, and on Unix whatever writes to file descriptor 1, native code and subprocesses included.</summary>
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

    /// <summary>The daemon's end of stdout.</summary>
    public Stream Output { get; }

    /// <summary>Gives stdout back.</summary>
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
