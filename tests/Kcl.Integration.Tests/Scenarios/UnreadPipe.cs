using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>A named pipe that is open and that nobody reads.</summary>
internal sealed class UnreadPipe : IDisposable
{
    // The default capacity of a pipe on Linux.
    private const int Capacity = 64 * 1024;
    private readonly TemporaryFolder _folder = new();
    private readonly FileStream _pipe;

    private UnreadPipe(TemporaryFolder folder, FileStream pipe) => (_folder, _pipe) = (folder, pipe);

    /// <summary>Gets the path of the pipe.</summary>
    public string Name => _folder.File("pipe");

    public static async Task<UnreadPipe> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var name = folder.File("pipe");
        await using (var mkfifo = ExternalProcess.Start("mkfifo", [name]))
        {
            Assert.True(await mkfifo.WaitForExitAsync(TimeSpan.FromSeconds(20), cancellationToken) == 0, mkfifo.Describe());
        }

        // Opened for reading and writing, so that opening does not block, and writers are not notified that nobody reads.
        return new(folder, new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
    }

    /// <summary>Writes until the pipe is full.</summary>
    public void Fill() => _pipe.Write(new byte[Capacity]);

    /// <summary>Reads the content of the pipe.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[Capacity];
        var length = await _pipe.ReadAsync(buffer, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose()
    {
        _pipe.Dispose();
        _folder.Dispose();
    }
}
