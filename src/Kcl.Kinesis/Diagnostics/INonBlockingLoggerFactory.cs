using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A logger factory whose loggers never throw and never block. It is used directly; the entries of any other factory pass through a queue.
/// </summary>
internal interface INonBlockingLoggerFactory : ILoggerFactory;
