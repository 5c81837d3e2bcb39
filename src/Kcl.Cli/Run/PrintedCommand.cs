using System.Buffers;
using Kcl.Cli.Internal;

namespace Kcl.Cli.Run;

/// <summary>
/// Prints the output of <c>--print-command</c>: a command that works in any directory, for a shell, a unit file or an entry point.
/// </summary>
internal static class PrintedCommand
{
    // Characters that need no quotes in a shell.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    public static async Task<int> WriteAsync(
        CliContext context, string propertiesFile, string? logConfiguration, IEnumerable<string> otherArguments,
        CancellationToken cancellationToken)
    {
        if (!File.Exists(propertiesFile))
        {
            throw new ConfigurationException(
                $"The properties file '{propertiesFile}' does not exist. Specify an existing file with --properties-file.");
        }

        var assembly = typeof(PrintedCommand).Assembly.GetName().Name!;
        var words = GetProgram(Environment.GetEnvironmentVariable("KCL_PROGRAM"), Environment.ProcessPath ?? "kcl", assembly)
            .Append("run").Append("--properties-file").Append(Path.GetFullPath(propertiesFile))
            .Concat(logConfiguration is null ? [] : ["--log-configuration", Path.GetFullPath(logConfiguration)])
            .Concat(otherArguments);
        await context.Output.WriteLineAsync(string.Join(' ', words.Select(Quote)).AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>Returns the words that start this program.</summary>
    /// <param name="launcher">
    /// The launcher that started this program; null if there is none. It is preferred, because its next build can delete this program.
    /// </param>
    /// <param name="process">The running executable.</param>
    /// <param name="assembly">The assembly of this program.</param>
    internal static IEnumerable<string> GetProgram(string? launcher, string process, string assembly) =>
        !string.IsNullOrEmpty(launcher) ? [launcher]
        : Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")]
        : [process];

    /// <summary>Returns a word with quotes for a POSIX shell, if it needs them.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
