using System.Diagnostics;

namespace Kcl.Daemon.Children;

/// <summary>Starts children where there is no <see cref="PosixChildLauncher"/>: with .NET's own process class, in the daemon's process group. Ctrl-C in a terminal reaches them too.</summary>
internal sealed class ManagedChildLauncher : IChildLauncher
{
    /// <inheritdoc />
    public IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        try
        {
            return new Child(Process.Start(start) ?? throw new ChildStartException($"'{command.Program}' could not be started."));
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new ChildStartException($"'{command.Program}' could not be started: {e.Message}", e);
        }
    }

    private sealed class Child(Process process) : IChildProcess
    {
        public int Id { get; } = process.Id;

        public Stream Input => process.StandardInput.BaseStream;

        public Stream Output => process.StandardOutput.BaseStream;

        public Stream Error => process.StandardError.BaseStream;

        public Task<ChildExit> Exited { get; } = WaitAsync(process);

        // How long a killed process may take to be gone.
        private static readonly TimeSpan ReapGrace = TimeSpan.FromSeconds(1);

        // There is no gentle way that works for every program.
        public void Terminate() => Kill();

        public void Kill()
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
            {
                // It ended in between, or is ending.
            }
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            await Input.DisposeAsync().ConfigureAwait(false);
            await Output.DisposeAsync().ConfigureAwait(false);
            await Error.DisposeAsync().ConfigureAwait(false);
            if (await Exited.CompletesAsync(ReapGrace, TimeProvider.System).ConfigureAwait(false))
            {
                process.Dispose();
            }
        }

        private static async Task<ChildExit> WaitAsync(Process process)
        {
            await process.WaitForExitAsync().ConfigureAwait(false);
            return new(process.ExitCode);
        }
    }
}
