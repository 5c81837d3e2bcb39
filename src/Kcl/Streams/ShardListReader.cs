using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>Reads the shard list of a stream. Concurrent callers share one list.</summary>
/// <param name="kinesis">The client.</param>
/// <param name="stream">The stream.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardListReader(IKinesisClient kinesis, StreamIdentifier stream, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (ShardTree Tree, long RequestedAt)? _last;

    /// <summary>Reads the whole shard list.</summary>
    /// <param name="maxAge">
    /// The maximum age of a list that may be reused. If it is zero, only a list that was requested after this call began is used.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidStateException">The stream does not exist.</exception>
    public async ValueTask<ShardTree> ListAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var calledAt = time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is { } last && (last.RequestedAt > calledAt || time.GetElapsedTime(last.RequestedAt, calledAt) < maxAge))
            {
                return last.Tree;
            }

            var requestedAt = time.GetTimestamp();
            var tree = await ListAsync(filter: null, cancellationToken).ConfigureAwait(false);
            _last = (tree, requestedAt);
            return tree;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the shards that a filter selects. Servers that do not support filters return the whole list.</summary>
    /// <param name="filter">The filter; null for the whole list.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidStateException">The stream does not exist.</exception>
    public async ValueTask<ShardTree> ListAsync(ShardFilter? filter, CancellationToken cancellationToken)
    {
        try
        {
            return new(await kinesis.ListAllShardsAsync(stream, filter, cancellationToken).ConfigureAwait(false));
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            throw new InvalidStateException($"Stream {stream} does not exist. It may have been deleted. {exception.Message}", exception);
        }
    }

    public void Dispose() => _turn.Dispose();
}
