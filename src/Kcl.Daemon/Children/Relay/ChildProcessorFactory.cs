using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Status;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Creates the processors that relay to the children of a stream's shards.</summary>
/// <param name="stream">The stream.</param>
/// <param name="options">The options of the children.</param>
/// <param name="launcher">Starts the children.</param>
/// <param name="activities">Receives the status of the children.</param>
/// <param name="loggerFactory">Creates the loggers.</param>
/// <param name="time">The clock.</param>
internal sealed class ChildProcessorFactory(
    StreamIdentifier stream,
    ChildOptions options,
    IChildLauncher launcher,
    ChildActivityRegistry activities,
    ILoggerFactory loggerFactory,
    TimeProvider time) : IShardRecordProcessorFactory
{
    /// <inheritdoc />
    public IShardRecordProcessor Create(ShardId shardId) =>
        new ChildProcessor(shardId, options, launcher, activities.GetOrAdd(new(stream, shardId)), loggerFactory, time);
}
