using System.Text;

namespace Kcl.Cli.Internal;

/// <summary>Standard output. A failure to write to it says so, and a write that nobody reads can be cancelled.</summary>
/// <param name="output">What is written to.</param>
internal sealed class OutputWriter(TextWriter output) : TextWriter
{
    /// <summary>Gets whether this is the process's standard output.</summary>
    public bool IsConsole => ReferenceEquals(output, Console.Out);

    /// <inheritdoc />
    public override Encoding Encoding => output.Encoding;

    /// <inheritdoc />
    public override void Write(char value) => Write([value]);

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    /// <inheritdoc />
    public override void Flush()
    {
        try
        {
            output.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    /// <inheritdoc />
    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        WriteAsync($"{buffer}{CoreNewLine.AsSpan()}".AsMemory(), cancellationToken);

    /// <summary>Writes text.</summary>
    /// <param name="buffer">The text.</param>
    /// <param name="cancellationToken">Stops waiting for a pipe that nobody reads; the write itself cannot be called off.</param>
    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        Task.Run(() => Write(buffer.Span), cancellationToken).WaitAsync(cancellationToken);

    // A descriptor that is closed is reported as an access that is denied.
    private static IOException Explain(Exception exception) =>
        new($"Standard output cannot be written: {(exception is IOException ? exception.Message : "it is closed.")}", exception);
}
