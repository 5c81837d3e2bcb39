using System.Text;
using Kcl.Cli.Put;
using Kcl.Kinesis;

namespace Kcl.Cli.Quickstart;

/// <summary>Creates the stream of the quickstart, puts words into it, and records the last word of each shard.</summary>
/// <param name="kinesis">The embedded server.</param>
/// <param name="name">The stream.</param>
/// <param name="time">The clock.</param>
internal sealed class WordStream(IKinesisClient kinesis, StreamName name, TimeProvider time)
{
    // Has enough different words that each of a few shards receives some.
    private const string Text =
        "a lease records which worker reads a shard and how far it was read and when its owner stops or crashes another worker takes the "
        + "lease and continues at the checkpoint so that every record is processed at least once and in order within its shard";
    private const int WordsPerCall = 100;
    private static readonly string[] Words = Text.Split(' ');

    /// <summary>Gets, for each shard, the number of words and the sequence number of the last one.</summary>
    public IReadOnlyDictionary<ShardId, (long Count, SequenceNumber Last)> Put => _put;

    private readonly Dictionary<ShardId, (long Count, SequenceNumber Last)> _put = [];

    /// <summary>Creates the stream.</summary>
    public async Task CreateAsync(int shards, CancellationToken cancellationToken)
    {
        await new StreamPreparation(kinesis, time, TimeSpan.FromMilliseconds(20)).EnsureActiveAsync(name, shards,
            cancellationToken).ConfigureAwait(false);
        foreach (var shard in await kinesis.ListAllShardsAsync(name, null, cancellationToken).ConfigureAwait(false))
        {
            _put[shard.ShardId] = default;
        }
    }

    /// <summary>Puts words.</summary>
    /// <param name="count">The number of words.</param>
    /// <param name="progress">Receives the number of words put so far.</param>
    /// <param name="cancellationToken">Stops putting words.</param>
    /// <exception cref="DependencyException">A word could not be put.</exception>
    public async Task PutAsync(int count, Action<int> progress, CancellationToken cancellationToken)
    {
        for (var put = 0; put < count;)
        {
            var words = Enumerable.Range(put, Math.Min(WordsPerCall, count - put)).Select(i => Words[i % Words.Length]);
            var results = await kinesis.PutRecordsAsync(name,
                [.. words.Select(word => new PutRecordEntry(Encoding.UTF8.GetBytes(word), word))], cancellationToken).ConfigureAwait(false);
            foreach (var result in results)
            {
                if (result is not { ShardId: { } shard, SequenceNumber: { } number })
                {
                    throw new DependencyException(
                        $"A word could not be put into the embedded server: {result.ErrorCode} {result.ErrorMessage}");
                }

                var (before, last) = _put[shard];
                _put[shard] = (before + 1, number > last ? number : last);
            }

            put += results.Count;
            progress(put);
        }
    }
}
