using Kcl.Internal;
using Kcl.Processing;
using Kcl.Retrieval;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>The services that the consumers of all shards share.</summary>
internal sealed class ConsumingServices
{
    /// <param name="processors">Creates the processors.</param>
    /// <param name="retrieval">Opens the record sources.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter; may be shared between threads.</param>
    /// <param name="loggers">Creates the loggers.</param>
    public ConsumingServices(
        IShardRecordProcessorFactory processors, RecordSourceFactory retrieval, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        Processors = processors;
        Retrieval = retrieval;
        Time = time;
        Chance = new(random);
        Logger = loggers.CreateLogger(ConsumingLog.Category);
        ProcessingLogger = loggers.CreateLogger(ProcessingLog.Category);
        RetrievalLogger = loggers.CreateLogger(RecordSourceFactory.LogCategory);
    }

    public IShardRecordProcessorFactory Processors { get; }

    public RecordSourceFactory Retrieval { get; }

    public TimeProvider Time { get; }

    public Chance Chance { get; }

    public ILogger Logger { get; }

    public ILogger ProcessingLogger { get; }

    public ILogger RetrievalLogger { get; }
}
