using System.Runtime.InteropServices;
using Kcl.MultiLang.Child;

namespace Kcl;

/// <summary>
/// Runs a processor as the child of a multi-language daemon, either Kcl's or Amazon's: one process per shard, with messages on stdin and
/// stdout.
/// </summary>
/// <remarks>
/// <para>While it runs, stdout is reserved for the protocol: <see cref="Console.Out"/> and, on Unix, file descriptor 1 write to stderr, so
/// that a <c>Console.WriteLine</c> cannot break the protocol. The daemon logs everything that is printed to stderr.</para>
/// <para>
/// If a processor throws from <see cref="IShardRecordProcessor.InitializeAsync"/>, <see cref="IShardRecordProcessor.ProcessRecordsAsync"/>
/// or <see cref="IShardRecordProcessor.ShardEndedAsync"/>, the process exits without an answer. Kcl's daemon then starts another process at
/// the last checkpoint; Amazon's daemon stops its worker. An exception from the other two methods is logged, and the action is answered.
/// </para>
/// <para>
/// A lost lease is not a failure. If the daemon rejects a checkpoint because another worker owns the shard, and the processor does not
/// catch the <see cref="LeaseLostException"/>, the exception is logged, the action is answered, and
/// <see cref="IShardRecordProcessor.LeaseLostAsync"/> follows.
/// </para>
/// <para>The processor's token is canceled when the daemon closes the pipe or exits. The process then exits with code 0, even in the middle
/// of a call.</para>
/// <para>
/// <see cref="ICheckpointer.PrepareCheckpointAsync"/> throws <see cref="NotSupportedException"/>, because the protocol has no message for
/// it.
/// </para>
/// </remarks>
public static class KclProcess
{
    /// <summary>Serves the daemon on stdin and stdout with one processor until the daemon closes the pipe.</summary>
    /// <param name="processor">The processor of this process's shard; it is disposed at the end if it is disposable.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>
    /// The exit code, which is also set as <see cref="Environment.ExitCode"/>: 0 at the end of input, 1 if the processor failed, 2 if the
    /// daemon sent an unexpected line.
    /// </returns>
    public static Task<int> RunAsync(IShardRecordProcessor processor, KclProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return RunAsync(new SingleProcessor(processor), options);
    }

    /// <summary>Serves the daemon on stdin and stdout with a processor created for its shard until the daemon closes the pipe.</summary>
    /// <param name="factory">Creates the processor when the daemon names the shard.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>
    /// The exit code, which is also set as <see cref="Environment.ExitCode"/>: 0 at the end of input, 1 if the processor failed, 2 if the
    /// daemon sent an unexpected line.
    /// </returns>
    public static async Task<int> RunAsync(IShardRecordProcessorFactory factory, KclProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        options = (options ?? new()).Freeze();
        using var interrupt = options.IgnoreInterrupt
            ? PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true)
            : null;
        using var console = new ProtocolConsole();
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            using var loop = new ChildLoop(factory, options.ReuseRecordBuffers, input, console.Output, Console.Error);
            Environment.ExitCode = await loop.RunAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
    }
}
