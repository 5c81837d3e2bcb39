using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.LocalKinesis.Connections;

/// <summary>
/// Creates the loggers of the web server. The host of the web server logs nothing: it also throws each failure that it logs, and the
/// message of the server's exception names the remedy.
/// </summary>
/// <param name="loggers">The factory of the options. It is not disposed.</param>
internal sealed class WebLoggerFactory(ILoggerFactory loggers) : ILoggerFactory
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => categoryName == Host ? NullLogger.Instance : loggers.CreateLogger(categoryName);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
