using System.Runtime.InteropServices;
using System.Text;

namespace LedgerChild;

/// <summary>
/// Appends a line for each event, with a single write to a file that is open for appending, so that lines of several processes never mix.
/// </summary>
internal sealed partial class Ledger
{
    private const int WriteAppendCreate = 0x1 | 0x400 | 0x40; // O_WRONLY | O_APPEND | O_CREAT
    private const int OwnerWritesAllRead = 0x1A4;
    private readonly int _file;
    private readonly string _worker;

    public Ledger(string path, string worker)
    {
        _worker = worker;
        _file = open(path, WriteAppendCreate, OwnerWritesAllRead);
        if (_file < 0)
        {
            throw new IOException($"The ledger '{path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Note(string kind, string shard, string position = "-", long sub = 0, long number = -1)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var text = $"{now} {kind} {shard} {Environment.ProcessId} {position} {sub} {number} {_worker}\n";
        var line = Encoding.ASCII.GetBytes(text);
        if (write(_file, line, line.Length) != line.Length)
        {
            throw new IOException($"The ledger cannot be written: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // Variadic in C; on Linux, the third argument is passed in the same way.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint write(int file, byte[] bytes, nint length);
}
