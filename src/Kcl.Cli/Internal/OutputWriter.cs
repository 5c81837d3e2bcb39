using System.Text;

namespace Kcl.Cli.Internal;

/// <summary>Writes to standard output. Errors mention standard output, and waiting for a reader can be canceled.</summary>
/// <param name="output">The writer of standard output.</param>
internal sealed class OutputWriter(TextWriter output) : TextWriter
{
    /// <summary>Gets a value indicating whether this is the standard output of the process.</summary>
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
            throw CreateException(exception);
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
            throw CreateException(exception);
        }
    }

    /// <inheritdoc />
    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        WriteAsync($"{buffer}{CoreNewLine.AsSpan()}".AsMemory(), cancellationToken);

    /// <summary>Writes text.</summary>
    /// <param name="buffer">The text.</param>
    /// <param name="cancellationToken">Stops waiting for a pipe that is not read. The write itself cannot be canceled.</param>
    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        Task.Run(() => Write(buffer.Span), cancellationToken).WaitAsync(cancellationToken);

    // .NET throws UnauthorizedAccessException if the descriptor is closed.
    private static IOException CreateException(Exception exception) =>
        new($"Standard output cannot be written: {(exception is IOException ? exception.Message : "it is closed.")}", exception);
}
