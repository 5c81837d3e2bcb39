using Kcl.Cli;
using Kcl.Cli.Diagnostics;
using Kcl.Cli.Internal;

using var signals = new StopSignals(TimeProvider.System);
var context = new CliContext(Console.In, Console.Out, StandardError.Open(), TimeProvider.System, signals.Token)
{
    IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
};

// Before a crash, the queued log entries are written. The runtime writes the exception itself.
AppDomain.CurrentDomain.UnhandledException += (_, _) => context.Error.Flush();
return await KclProgram.RunAsync(args, context).ConfigureAwait(false);
