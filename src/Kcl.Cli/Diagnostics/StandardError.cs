using System.Text;

namespace Kcl.Cli.Diagnostics;

/// <summary>Opens the standard error of the process.</summary>
internal static class StandardError
{
    // Longer than usual lines, so that a line is written with a single write: Console.Error writes 256 characters at a time, which mixes
    // the lines of several processes.
    private const int BufferCharacters = 64 * 1024;

    /// <summary>Opens standard error for buffered writing. The caller flushes it after whole lines.</summary>
    public static TextWriter Open()
    {
        try
        {
            var console = Console.OpenStandardError();
            return CreateWriter(OperatingSystem.IsWindows() ? console : new StandardErrorStream());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Standard error was closed before the program started, so nothing can be written.
            return TextWriter.Null;
        }
    }

    /// <summary>Creates a writer that writes to the stream once per flush.</summary>
    /// <param name="stream">The stream to write to.</param>
    internal static TextWriter CreateWriter(Stream stream) =>
        new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferCharacters);
}
