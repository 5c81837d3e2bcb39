using System.IO.Pipelines;
using System.Text;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Children.Launching;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>A child that answers with the recorded lines, and records the messages that it receives.</summary>
internal sealed class RecordedChild : IChildLauncher, IChildProcess
{
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly Pipe _error = new();
    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IReadOnlyList<Conversation.Line> _lines;

    private readonly string _before;

    /// <param name="lines">The conversation.</param>
    /// <param name="emptyLineBefore">Whether it writes an empty line before each message, as most client libraries do.</param>
    public RecordedChild(IReadOnlyList<Conversation.Line> lines, bool emptyLineBefore)
    {
        _lines = lines;
        _before = emptyLineBefore ? "\n" : "";
        Input = _input.Writer.AsStream();
        Output = _output.Reader.AsStream();
        Error = _error.Reader.AsStream();
    }

    public List<string> Received { get; } = [];

    public int Id => 1;

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ChildExit> Exited => _exited.Task;

    public IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment)
    {
        _ = AnswerAsync();
        return this;
    }

    public void Terminate() => _exited.TrySetResult(new(0, 15));

    public void Kill() => _exited.TrySetResult(new(0, 9));

    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        await Error.DisposeAsync();
    }

    private async Task AnswerAsync()
    {
        using var input = new StreamReader(_input.Reader.AsStream());
        foreach (var line in _lines)
        {
            if (line.ToChild)
            {
                Received.Add(await input.ReadLineAsync() ?? "<end of input>");
            }
            else
            {
                await _output.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{_before}{line.Text}\n"));
            }
        }

        if (_lines[^1].Text is not null)
        {
            await input.ReadLineAsync();
        }

        await _output.Writer.CompleteAsync();
        await _error.Writer.CompleteAsync();
        _exited.TrySetResult(new(0));
    }
}
