using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>Lists the stream's shards; callers that come together share one listing.</summary>
internal sealed class ShardListReader(IKinesisClient kinesis, StreamIdentifier stream, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private (ShardTree Tree, long StartedAt)? _last;

    /// <summary>The whole shard list.</summary>
    /// <param name="maxAge">How old a listing may be that is used again; with zero, only one that was begun after this call.</param>
    /// <param name="cancellationToken">Abandons the listing.</param>
    /// <exception cref="InvalidStateException">The stream does not exist.</exception>
    public async ValueTask<ShardTree> ListAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is { } last && (last.StartedAt > askedAt || time.GetElapsedTime(last.StartedAt, askedAt) < maxAge))
            {
                return last.Tree;
            }

            var startedAt = time.GetTimestamp();
            var tree = await ListAsync(filter: null, cancellationToken).ConfigureAwait(false);
            _last = (tree, startedAt);
            return tree;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The shards that a filter selects. Servers that do not know filters answer with the whole list.</summary>
    public async ValueTask<ShardTree> ListAsync(ShardFilter? filter, CancellationToken cancellationToken)
    {
        try
        {
            return new(await kinesis.ListAllShardsAsync(stream, filter, cancellationToken).ConfigureAwait(false));
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            throw new InvalidStateException($"Stream {stream} does not exist (any more). {exception.Message}", exception);
        }
    }

    public void Dispose() => _one.Dispose();
}
