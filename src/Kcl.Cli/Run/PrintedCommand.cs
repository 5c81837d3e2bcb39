using System.Buffers;
using Kcl.Cli.Internal;

namespace Kcl.Cli.Run;

/// <summary>
/// The command that <c>--print-command</c> prints: fit for a shell, a unit file or an entry point, wherever it is run from.
/// </summary>
internal static class PrintedCommand
{
    // What a shell takes as it is.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    public static async Task<int> WriteAsync(CliContext context, string propertiesFile, string? logConfiguration, IEnumerable<string> rest,
        CancellationToken cancellationToken)
    {
        if (!File.Exists(propertiesFile))
        {
            throw new ConfigurationException($"The properties file '{propertiesFile}' does not exist.");
        }

        var words = Program(Environment.GetEnvironmentVariable("KCL_PROGRAM"), Environment.ProcessPath ?? "kcl",
            typeof(PrintedCommand).Assembly.GetName().Name!)
            .Append("run").Append("--properties-file").Append(Path.GetFullPath(propertiesFile))
            .Concat(logConfiguration is null ? [] : ["--log-configuration", Path.GetFullPath(logConfiguration)])
            .Concat(rest);
        await context.Output.WriteLineAsync(string.Join(' ', words.Select(Quote)).AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>The words that start this program.</summary>
    /// <param name="launcher">The launcher that started it, where one did: what it started may be gone after the next build.</param>
    /// <param name="process">The running executable.</param>
    /// <param name="assembly">This program's assembly.</param>
    internal static IEnumerable<string> Program(string? launcher, string process, string assembly) =>
        !string.IsNullOrEmpty(launcher) ? [launcher]
        : Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")]
        : [process];

    /// <summary>A word as a POSIX shell reads it back.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
