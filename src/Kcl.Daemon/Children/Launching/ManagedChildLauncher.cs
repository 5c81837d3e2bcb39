using System.Diagnostics;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Internal;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// Starts children on systems other than Linux, with .NET's process class. They are in the daemon's process group, so Ctrl-C in a terminal
/// reaches them too.
/// </summary>
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

        // How long a killed process may take to end.
        private static readonly TimeSpan ReapTimeout = TimeSpan.FromSeconds(1);

        // There is no portable way to ask a program to end.
        public void Terminate() => Kill();

        public void Kill()
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
            {
                // The process has already ended, or is ending.
            }
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            await Input.DisposeAsync().ConfigureAwait(false);
            await Output.DisposeAsync().ConfigureAwait(false);
            await Error.DisposeAsync().ConfigureAwait(false);
            if (await Exited.CompletesAsync(ReapTimeout, TimeProvider.System).ConfigureAwait(false))
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
