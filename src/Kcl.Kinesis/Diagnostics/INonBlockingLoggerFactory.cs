using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>
/// A logger factory whose loggers never throw and never block. It is used without a queue; any other factory gets one.
/// </summary>
internal interface INonBlockingLoggerFactory : ILoggerFactory;
