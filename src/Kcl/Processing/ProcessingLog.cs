using Microsoft.Extensions.Logging;

namespace Kcl.Processing;

/// <summary>The log messages of <c>Kcl.Processing</c>: event ids from 1400 to 1499, shared with consuming.</summary>
internal static partial class ProcessingLog
{
    public const string Category = "Kcl.Processing";

    [LoggerMessage(1402, LogLevel.Warning, "Shard {ShardId}: the processor's {Method} threw an exception", EventName = "ProcessorThrew")]
    public static partial void ProcessorThrew(this ILogger logger, Exception exception, ShardId shardId, string method);

    [LoggerMessage(
        1403, LogLevel.Warning, "Shard {ShardId}: the processor's {Method} has not returned for {Elapsed}", EventName = "ProcessorIsSlow")]
    public static partial void ProcessorIsSlow(this ILogger logger, ShardId shardId, string method, TimeSpan elapsed);
}
