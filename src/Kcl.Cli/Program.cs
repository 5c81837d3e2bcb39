using Kcl.Cli;
using Kcl.Cli.Internal;

using var signals = new StopSignals();
var context = new CliContext(Console.In, Console.Out, Console.Error, TimeProvider.System, signals.Token) { IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected };
return await KclProgram.RunAsync(args, context).ConfigureAwait(false);
