using Kcl.Cli;
using Kcl.Cli.Internal;

using var signals = new StopSignals();
return await KclProgram.RunAsync(args, new(Console.In, Console.Out, Console.Error, TimeProvider.System, signals.Token)).ConfigureAwait(false);
