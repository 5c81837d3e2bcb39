using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>A pipe with a name that is open and that nobody reads.</summary>
internal sealed class UnreadPipe : IDisposable
{
    // What Linux gives a pipe.
    private const int Capacity = 64 * 1024;
    private readonly TemporaryFolder _folder = new();
    private readonly FileStream _pipe;

    private UnreadPipe(TemporaryFolder folder, FileStream pipe) => (_folder, _pipe) = (folder, pipe);

    /// <summary>Its name.</summary>
    public string Name => _folder.File("pipe");

    public static async Task<UnreadPipe> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var name = folder.File("pipe");
        await using (var mkfifo = ExternalProcess.Start("mkfifo", [name]))
        {
            Assert.True(await mkfifo.WaitForExitAsync(TimeSpan.FromSeconds(20), cancellationToken) == 0, mkfifo.Describe());
        }

        // Opened for reading and writing, so that opening does not block, and writers do not notice that nobody reads.
        return new(folder, new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
    }

    /// <summary>Writes until there is no room left.</summary>
    public void Fill() => _pipe.Write(new byte[Capacity]);

    /// <summary>Reads what is in it: all of what fitted.</summary>
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
