using System.Text;

namespace Kcl.Cli.Diagnostics;

/// <summary>The process's standard error.</summary>
internal static class StandardError
{
    // Longer than any usual line. Console.Error writes 256 characters at a time, and then lines of several processes mix.
    private const int BytesOfBuffer = 64 * 1024;

    /// <summary>Opens standard error.</summary>
    public static TextWriter Open()
    {
        try
        {
            return Over(Console.OpenStandardError());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was closed before the program started: there is nobody to tell anything.
            return TextWriter.Null;
        }
    }

    /// <summary>Makes a writer that writes once per flush.</summary>
    /// <param name="stream">Where it writes.</param>
    internal static TextWriter Over(Stream stream) =>
        new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BytesOfBuffer);
}
