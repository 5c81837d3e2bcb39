using System.Text;

namespace Kcl.Cli.Diagnostics;

/// <summary>Opens the standard error of the process.</summary>
internal static class StandardError
{
    // Longer than any usual line. Console.Error writes 256 characters at a time, which mixes lines of several processes.
    private const int BufferBytes = 64 * 1024;

    /// <summary>Opens standard error.</summary>
    public static TextWriter Open()
    {
        try
        {
            var console = Console.OpenStandardError();
            return CreateWriter(OperatingSystem.IsWindows() ? console : new StandardErrorStream());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Standard error was closed before the program started: there is no place to write to.
            return TextWriter.Null;
        }
    }

    /// <summary>Creates a writer that writes once per flush.</summary>
    /// <param name="stream">The stream to write to.</param>
    internal static TextWriter CreateWriter(Stream stream) =>
        new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes);
}
