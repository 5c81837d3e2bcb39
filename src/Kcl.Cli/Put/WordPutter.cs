using System.Text;
using Kcl.Kinesis;

namespace Kcl.Cli.Put;

/// <summary>Puts words as records whose data and partition key are the word.</summary>
/// <param name="kinesis">The service.</param>
/// <param name="stream">The stream.</param>
/// <param name="output">Receives a line for every word that was put.</param>
/// <param name="error">Receives a line for every word that could not be put.</param>
internal sealed class WordPutter(IKinesisClient kinesis, StreamIdentifier stream, TextWriter output, TextWriter error)
{
    /// <summary>Puts each word once, in order. A word that cannot be put is reported, and the next word follows.</summary>
    /// <returns>The number of words that could not be put.</returns>
    public async Task<int> PutAsync(IEnumerable<string> words, CancellationToken cancellationToken)
    {
        var failures = 0;
        foreach (var word in words)
        {
            failures += await TryPutAsync(word, cancellationToken).ConfigureAwait(false) ? 0 : 1;
        }

        return failures;
    }

    /// <summary>Puts one word.</summary>
    /// <returns>True if the word was put; otherwise, false.</returns>
    public async Task<bool> TryPutAsync(string word, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await kinesis.PutRecordAsync(stream, new(Encoding.UTF8.GetBytes(word), word),
                cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"Put '{word}' into {stored.ShardId} as {stored.SequenceNumber}.".AsMemory(),
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KinesisException exception)
        {
            await error.WriteLineAsync($"kcl: '{word}' was not put: {exception.Message}".AsMemory(),
                cancellationToken).ConfigureAwait(false);
            return false;
        }
    }
}
