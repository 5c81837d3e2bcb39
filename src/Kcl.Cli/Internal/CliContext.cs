using System.CommandLine;
using Kcl.Cli.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Internal;

/// <summary>The environment of a command: standard streams, clock and stop token. Tests provide their own.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="time">The clock.</param>
/// <param name="stopRequested">Canceled when the program is asked to stop.</param>
internal sealed class CliContext(TextReader input, TextWriter output, TextWriter error, TimeProvider time, CancellationToken stopRequested)
{
    /// <summary>Gets the option for detailed logs and errors, which every command accepts.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log more, and show the stack traces of errors",
        Recursive = true,
    };

    /// <summary>Gets standard input.</summary>
    public TextReader Input { get; } = input;

    /// <summary>Gets the writer for the results of the command.</summary>
    public OutputWriter Output { get; } = new(output);

    /// <summary>Gets the writer for logs and errors. Writing to it neither fails nor waits.</summary>
    public LineWriter Error { get; } = new(error, time);

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Gets the token that is canceled when the program is asked to stop.</summary>
    public CancellationToken StopRequested { get; } = stopRequested;

    /// <summary>Gets a value indicating whether the program runs in a terminal, so that the user can answer questions.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Gets the source of random numbers.</summary>
#pragma warning disable RS0030 // This is the composition root that injects it.
    public Random Random { get; } = Random.Shared;
#pragma warning restore RS0030

    /// <summary>Creates the loggers, which write to <see cref="Error"/>.</summary>
    /// <param name="verbose">Whether to log at Debug by default, and exceptions with their stack traces.</param>
    /// <param name="levels">The minimum levels; null for the defaults.</param>
    /// <param name="json">Whether lines are written as JSON.</param>
    public ILoggerFactory CreateLoggerFactory(bool verbose, LogLevels? levels = null, bool json = false) =>
        new StderrLoggerFactory(Error, Time, levels ?? DefaultLevels(verbose), verbose, json);

    // The web server of the embedded Kinesis logs every request at Information.
    private static LogLevels DefaultLevels(bool verbose) => verbose
        ? new(LogLevel.Debug, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Information })
        : new(LogLevel.Information, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Warning });
}
