using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Kcl.Integration.Tests.Workers;

/// <summary>A process that the test started, and its output. If it still runs on disposal, it is killed with its descendants.</summary>
internal sealed partial class ExternalProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _outputAdded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ExternalProcess(Process process) => _process = process;

    /// <summary>Starts a program.</summary>
    public static ExternalProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null,
        string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? TestTools.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var running = new ExternalProcess(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => running.Add(running._output, line.Data);
        running._process.ErrorDataReceived += (_, line) => running.Add(running._error, line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        running._process.StandardInput.Write(input ?? "");
        running._process.StandardInput.Close();
        return running;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Gets the text written to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Gets the text written to standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Waits until a text is written to either stream.</summary>
    /// <exception cref="TimeoutException">The text was not written in time, or the process ended without it.</exception>
    public async Task WaitForTextAsync(string text, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task outputAdded;
            lock (_lock)
            {
                outputAdded = _outputAdded.Task;
            }

            if (Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            var left = timeout - TimeProvider.System.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero || HasExited)
            {
                throw new TimeoutException($"{Describe()} did not say '{text}' within {timeout}.");
            }

            await Task.WhenAny(outputAdded, _process.WaitForExitAsync(cancellationToken), Task.Delay(left, cancellationToken));
        }
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Describe()} did not end within {timeout}.");
        }

        return _process.ExitCode;
    }

    /// <summary>Asks the process to stop, with SIGTERM.</summary>
    public void Terminate() => Signal(_process.Id, 15);

    /// <summary>Kills the process, but not its children, with SIGKILL.</summary>
    public void Kill() => Kill(_process.Id);

    /// <summary>Kills another process of the test, with SIGKILL.</summary>
    public static void Kill(int processId) => Signal(processId, 9);

    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} (pid {Id}, "
                + $"{(HasExited ? $"exit code {_process.ExitCode}" : "running")})\n--- output\n{Output}\n--- error\n{Error}\n---");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(StringBuilder to, string? line)
    {
        if (line is null)
        {
            return;
        }

        TaskCompletionSource outputAdded;
        lock (_lock)
        {
            to.Append(line).Append('\n');
            outputAdded = _outputAdded;
            _outputAdded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        outputAdded.SetResult();
    }

    private string Read(StringBuilder from)
    {
        lock (_lock)
        {
            return from.ToString();
        }
    }

    private static void Signal(int processId, int signal)
    {
        if (kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {processId}: error "
                + $"{Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
