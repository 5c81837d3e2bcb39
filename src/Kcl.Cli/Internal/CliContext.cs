using System.CommandLine;
using Kcl.Cli.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Internal;

/// <summary>What surrounds the program; tests bring their own.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">For people: what was asked for.</param>
/// <param name="Error">Logs and errors.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stop">Cancelled when the program is asked to stop.</param>
internal sealed record CliContext(TextReader Input, TextWriter Output, TextWriter Error, TimeProvider Time, CancellationToken Stop)
{
    /// <summary>Says more in logs and errors; understood by every command.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Log at Debug and show the stack of errors", Recursive = true };

    /// <summary>Whether somebody is there to answer a question.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The one source of chance; whoever uses it locks it.</summary>
#pragma warning disable RS0030 // This is the composition root that injects it.
    public Random Random { get; } = Random.Shared;
#pragma warning restore RS0030

    /// <summary>Logs to <see cref="Error"/>: Information and above, or what was asked for.</summary>
    public ILoggerFactory CreateLoggerFactory(bool verbose, LogLevels? levels = null, bool json = false) => new StderrLoggerFactory(Error, Time, levels ?? DefaultLevels(verbose), verbose, json);

    // The web server under the embedded Kinesis logs every request at Information.
    private static LogLevels DefaultLevels(bool verbose) => verbose
        ? new(LogLevel.Debug, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Information })
        : new(LogLevel.Information, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Warning });
}
