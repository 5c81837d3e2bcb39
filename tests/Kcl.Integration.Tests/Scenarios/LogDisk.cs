using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// A small disk for a log, which is soon full: a file system in memory of 32 KiB if this user can mount one; otherwise <c>/dev/full</c>,
/// which is always full.
/// </summary>
internal sealed class LogDisk : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMounted;

    private LogDisk(TemporaryFolder folder, bool isMounted) => (_folder, _isMounted) = (folder, isMounted);

    /// <summary>Gets the path of the log.</summary>
    public string File => _isMounted ? _folder.File("kcl.log") : "/dev/full";

    /// <summary>Gets a value indicating whether space can be freed.</summary>
    public bool CanBeFreed => _isMounted;

    /// <summary>Gets a value indicating whether the disk is full.</summary>
    public bool IsFull => !_isMounted || new DriveInfo(_folder.Path).AvailableFreeSpace == 0;

    /// <summary>Gets the text of the log.</summary>
    public string Text => System.IO.File.ReadAllText(File);

    public static async Task<LogDisk> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return new(folder, await RunAsync("mount", ["-t", "tmpfs", "-o", "size=32k", "kcl-test", folder.Path], cancellationToken));
    }

    /// <summary>Fills the disk, including the last page of the log.</summary>
    public void Fill()
    {
        if (_isMounted)
        {
            FillFile(_folder.File("filler"), new byte[4096]);
            FillFile(File, " "u8.ToArray());
        }
    }

    /// <summary>Frees the space and empties the log.</summary>
    public void Free()
    {
        System.IO.File.Delete(_folder.File("filler"));
        using var log = new FileStream(File, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await RunAsync("umount", ["--lazy", _folder.Path], CancellationToken.None);
        }

        _folder.Dispose();
    }

    private static void FillFile(string file, byte[] piece)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            while (true)
            {
                stream.Write(piece);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    private static async Task<bool> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        await using var process = ExternalProcess.Start(program, arguments);
        return await process.WaitForExitAsync(TimeSpan.FromSeconds(20), cancellationToken) == 0;
    }
}
