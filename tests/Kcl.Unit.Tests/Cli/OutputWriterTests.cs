using Kcl.Cli;
using Kcl.Cli.Diagnostics;
using Kcl.Cli.Internal;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Cli;

public sealed class OutputWriterTests : IDisposable
{
    private readonly LogStream _stream = new();

    public void Dispose() => _stream.Gate.Open();

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task A_full_standard_output_is_one_message_and_exit_code_1(string line)
    {
        _stream.Room = static () => 0;
        using var full = new StreamWriter(_stream) { AutoFlush = true };
        using var error = new StringWriter();
        var code = await KclProgram.RunAsync(
            [line],
            new(TextReader.Null, full, error, new FakeTimeProvider(), TestContext.Current.CancellationToken));
        _stream.Room = static () => null;
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal($"kcl: Standard output cannot be written: No space left on device{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task A_standard_output_that_nobody_reads_does_not_hold_up_a_stop()
    {
        _stream.Gate.Close();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new OutputWriter(new StreamWriter(_stream) { AutoFlush = true });
        var writing = output.WriteLineAsync("word".AsMemory(), stop.Token);
        await _stream.Gate.Blocked;
        Assert.False(writing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    [Fact]
    public async Task A_standard_error_that_cannot_be_written_does_not_change_the_exit_code()
    {
        _stream.Room = static () => 0;
        var context = new CliContext(
            TextReader.Null,
            TextWriter.Null,
            StandardError.CreateWriter(_stream),
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.BadConfiguration, await KclProgram.RunAsync(["run", "-p", "/nowhere/my.properties"], context));
    }
}
