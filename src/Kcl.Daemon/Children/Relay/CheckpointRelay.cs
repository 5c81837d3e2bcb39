using Kcl.Daemon.Status;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Stores the checkpoints that a child requests, and replies as Java's daemon does.</summary>
/// <param name="shardId">The shard.</param>
/// <param name="activity">Receives the checkpoints that were stored.</param>
/// <param name="logger">Logs the checkpoints that were not stored.</param>
internal sealed class CheckpointRelay(ShardId shardId, ChildActivity activity, ILogger logger)
{
    private ExtendedSequenceNumber _lastCheckpoint;
    private bool _lossLogged;

    /// <summary>Gets or sets the last position that was delivered to the child.</summary>
    public ExtendedSequenceNumber LastDelivered { get; set; }

    /// <summary>Resets the state for a new child.</summary>
    /// <param name="position">The checkpoint at which the child starts.</param>
    public void Reset(ExtendedSequenceNumber position)
    {
        _lastCheckpoint = position;
        LastDelivered = position;
        _lossLogged = false;
    }

    /// <summary>Stores a checkpoint if it is valid, and replies to the child.</summary>
    /// <param name="writer">Writes the reply.</param>
    /// <param name="call">The action in progress.</param>
    /// <param name="message">The child's message, whose numbers the reply repeats.</param>
    /// <param name="request">The requested position.</param>
    /// <param name="cancellationToken">Cancels the checkpoint, not the reply.</param>
    /// <returns>True if the end of the shard was checkpointed; otherwise, false.</returns>
    public async ValueTask<bool> HandleAsync(
        DaemonMessageWriter writer, ChildCall call, ChildMessage message, CheckpointRequest request, CancellationToken cancellationToken)
    {
        string? error = null;
        try
        {
            await StoreAsync(request, call, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Every failure is a reply to the child, which decides what to do. The action continues, as with Java.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = ErrorNames.Of(e);
            LogRefusal(message, error, e);
        }

        await writer.WriteCheckpointReplyAsync(message.SequenceNumber, message.SubSequenceNumber, error, CancellationToken.None)
            .ConfigureAwait(false);
        if (error is not null)
        {
            return false;
        }

        var position = request.Position ?? LastDelivered;
        _lastCheckpoint = position;
        activity.OnCheckpointed(position);
        return call.Action == ActionNames.ShardEnded && (position.IsShardEnd || position == LastDelivered);
    }

    private ValueTask StoreAsync(CheckpointRequest request, ChildCall call, CancellationToken cancellationToken)
    {
        if (call.Checkpointer is not { } checkpointer)
        {
            throw new InvalidStateException($"a checkpoint is not possible in '{call.Action}'");
        }

        if (request.Problem is { } problem)
        {
            throw new InvalidCheckpointException(problem);
        }

        return request.Position switch
        {
            null => checkpointer.CheckpointAsync(cancellationToken),
            { IsNumber: true } position =>
                checkpointer.CheckpointAsync(position.SequenceNumber, position.SubSequenceNumber, cancellationToken),
            { IsShardEnd: true } when call.Action == ActionNames.ShardEnded => checkpointer.CheckpointAsync(cancellationToken),
            // The position is already stored, so no write is needed, as for a repeated sequence number.
            var position when position == _lastCheckpoint => ValueTask.CompletedTask,
            var position => throw new InvalidCheckpointException($"{position} is not a delivered position"),
        };
    }

    // A lost lease is not a failure, and is logged once: a busy child may request many checkpoints before leaseLost reaches it.
    private void LogRefusal(in ChildMessage message, string error, Exception exception)
    {
        var isLost = error == ErrorNames.LeaseLost;
        var level = !isLost ? LogLevel.Warning : _lossLogged ? LogLevel.Debug : LogLevel.Information;
        _lossLogged |= isLost;
        if (logger.IsEnabled(level))
        {
            var reason = exception is OperationCanceledException ? "the lease is lost, or the time limit of a stop has passed"
                : exception.Message;
            logger.CheckpointRefused(level, shardId, OneLine.Of(message.SequenceNumber), message.SubSequenceNumber, error, reason);
        }
    }
}
