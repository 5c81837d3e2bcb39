using System.Text;

namespace Kcl.Kinesis.Transport;

/// <summary>Puts any number of records: splits them into calls and puts again what failed.</summary>
internal static class PutRecordsBatcher
{
    /// <summary>The most records of a call.</summary>
    public const int MostRecords = 500;

    /// <summary>The most bytes of a call, keys included, that every server accepts; the service itself takes 10 MiB since 2025.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    /// <summary>Puts records.</summary>
    public static async Task<IReadOnlyList<PutRecordsResultEntry>> PutAsync(
        IKinesisClient client, StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, PutAllRecordsOptions options, TimeProvider time, Random random, CancellationToken cancellationToken)
    {
        var results = new PutRecordsResultEntry[records.Count];
        var settings = new RetrySettings(options.MaxAttempts, options.BaseDelay, options.MaxDelay);
        var pending = Enumerable.Range(0, records.Count).ToList();
        for (var attempts = 1; pending.Count > 0; attempts++)
        {
            var failed = new List<int>();
            for (var start = 0; start < pending.Count;)
            {
                var count = Fitting(records, pending, start);
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

            if (failed.Count == 0 || RetryPolicy.Next(settings, KinesisErrorCode.Throttled, throttlingReported: false, attempts, TimeSpan.MaxValue, random.NextDouble()) is not { } pause)
            {
                break;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pending = failed;
        }

        return results;
    }

    /// <summary>How many of the pending records, from one on, make one call: as many as fit, at least one.</summary>
    public static int Fitting(IReadOnlyList<PutRecordEntry> records, List<int> pending, int start)
    {
        var bytes = 0L;
        var count = 0;
        while (start + count < pending.Count && count < MostRecords)
        {
            var record = records[pending[start + count]];
            bytes += record.Data.Length + (record.PartitionKey is { } key ? Encoding.UTF8.GetByteCount(key) : 0);
            if (bytes > MostBytes && count > 0)
            {
                break;
            }

            count++;
        }

        return count;
    }
}
