using System.Text;
using Kcl.Internal;
using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Operations.Writing;

/// <summary>Puts any number of records: splits them into calls and retries records that failed.</summary>
/// <param name="client">The client.</param>
/// <param name="stream">The stream.</param>
/// <param name="options">The options for retries of failed records.</param>
internal sealed class PutRecordsBatcher(IKinesisClient client, StreamIdentifier stream, PutAllRecordsOptions options)
{
    /// <summary>The maximum number of records of a call.</summary>
    public const int MaxRecords = 500;

    /// <summary>
    /// The maximum size of the records of a call that every server accepts, in bytes, keys included. The service itself has accepted 10 MiB
    /// since 2025.
    /// </summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    private readonly Chance _chance = new(options.Random);

    /// <summary>Puts records.</summary>
    /// <returns>One result per record, in the order given.</returns>
    public async Task<IReadOnlyList<PutRecordsResultEntry>> PutAsync(
        IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken)
    {
        var results = new PutRecordsResultEntry[records.Count];
        var settings = new RetrySettings(options.MaxAttempts, options.BaseDelay, options.MaxDelay);
        var pending = Enumerable.Range(0, records.Count).ToList();
        for (var attempts = 1; pending.Count > 0; attempts++)
        {
            var failed = await PutOnceAsync(records, pending, results, cancellationToken).ConfigureAwait(false);
            if (failed.Count == 0)
            {
                break;
            }

            var pause = RetryPolicy.GetPause(
                settings, KinesisErrorCode.Throttled, throttlingReported: false, attempts, TimeSpan.MaxValue, _chance.NextDouble());
            if (pause is null)
            {
                break;
            }

            await Task.Delay(pause.Value, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            pending = failed;
        }

        return results;
    }

    /// <summary>Returns the number of pending records, starting with one of them, that fit into one call; at least 1.</summary>
    public static int CountFitting(IReadOnlyList<PutRecordEntry> records, List<int> pending, int start)
    {
        var bytes = 0L;
        var count = 0;
        while (start + count < pending.Count && count < MaxRecords)
        {
            var record = records[pending[start + count]];
            bytes += record.Data.Length + (record.PartitionKey is { } key ? Encoding.UTF8.GetByteCount(key) : 0);
            if (bytes > MaxBytes && count > 0)
            {
                break;
            }

            count++;
        }

        return count;
    }

    private async Task<List<int>> PutOnceAsync(
        IReadOnlyList<PutRecordEntry> records, List<int> pending, PutRecordsResultEntry[] results, CancellationToken cancellationToken)
    {
        var failed = new List<int>();
        for (var start = 0; start < pending.Count;)
        {
            var count = CountFitting(records, pending, start);
            var batch = new PutRecordEntry[count];
            for (var i = 0; i < count; i++)
            {
                batch[i] = records[pending[start + i]];
            }

            var outcome = await client.PutRecordsAsync(stream, batch, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < count; i++)
            {
                results[pending[start + i]] = outcome[i];
                if (!outcome[i].Succeeded)
                {
                    failed.Add(pending[start + i]);
                }
            }

            start += count;
        }

        return failed;
    }
}
