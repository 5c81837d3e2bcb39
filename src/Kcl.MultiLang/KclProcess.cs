using System.Runtime.InteropServices;
using Kcl.MultiLang.Child;

namespace Kcl;

/// <summary>Runs a processor as the child of a multi-language daemon, ours or the Java one: one process per shard, messages on stdin and stdout.</summary>
/// <remarks>
/// <para>While it runs, stdout belongs to the protocol: <see cref="Console.Out"/>, and on Unix file descriptor 1 itself, goes to stderr, so that a stray
/// <c>Console.WriteLine</c> cannot break it. What is printed to stderr ends up in the daemon's log.</para>
/// <para>A processor that throws from <see cref="IShardRecordProcessor.InitializeAsync"/>, <see cref="IShardRecordProcessor.ProcessRecordsAsync"/> or
/// <see cref="IShardRecordProcessor.ShardEndedAsync"/> ends the process without an answer: our daemon then starts another at the last checkpoint; Java's ends its
/// worker. The other two calls are answered all the same.</para>
/// <para>A lost lease is no failure: when the daemon refuses a checkpoint because another worker owns the shard, a
/// <see cref="LeaseLostException"/> that leaves the processor is logged, the call is answered, and
/// <see cref="IShardRecordProcessor.LeaseLostAsync"/> follows.</para>
/// <para>The processor's token is cancelled when the daemon closes the pipe or dies. That is the end of input, with exit code 0, also in
/// the middle of a call.</para>
/// </remarks>
public static class KclProcess
{
    /// <summary>Serves the daemon on stdin and stdout with one processor, until the daemon closes the pipe.</summary>
    /// <param name="processor">The processor of this process's shard; disposed at the end if it can be.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The exit code, which is also set as <see cref="Environment.ExitCode"/>: 0 at the end of input, 1 when the processor failed, 2 when the daemon sent what cannot be understood.</returns>
    public static Task<int> RunAsync(IShardRecordProcessor processor, KclProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return RunAsync(new SingleProcessor(processor), options);
    }

    /// <summary>Serves the daemon on stdin and stdout with the processor made for its shard, until the daemon closes the pipe.</summary>
    /// <param name="factory">Makes the processor when the daemon has named the shard.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The exit code, which is also set as <see cref="Environment.ExitCode"/>: 0 at the end of input, 1 when the processor failed, 2 when the daemon sent what cannot be understood.</returns>
    public static async Task<int> RunAsync(IShardRecordProcessorFactory factory, KclProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        options ??= new();
        using var interrupt = options.IgnoreInterrupt ? PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true) : null;
        using var console = new ProtocolConsole();
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            using var loop = new ChildLoop(factory, options, input, console.Output, Console.Error);
            Environment.ExitCode = await loop.RunAsync().ConfigureAwait(false);
            return Environment.ExitCode;
        }
    }
}
