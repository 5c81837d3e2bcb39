using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A logger factory whose loggers never throw and never block. Such a factory is used as it is; any other one gets a queue.
/// </summary>
internal interface INonBlockingLoggerFactory : ILoggerFactory;
