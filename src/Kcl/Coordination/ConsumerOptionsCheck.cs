using System.Globalization;

namespace Kcl.Coordination;

/// <summary>Whether options can work: every problem at once, before anything starts.</summary>
internal static class ConsumerOptionsCheck
{
    private static readonly TimeSpan LeastFailover = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastIdle = TimeSpan.FromMilliseconds(200);

    /// <exception cref="ConfigurationException">The options cannot work.</exception>
    public static void ThrowIfInvalid(KinesisConsumerOptions options)
    {
        var problems = Find(options);
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems.Count == 1 ? problems[0] : $"{problems.Count} settings cannot work:{Environment.NewLine}{string.Join(Environment.NewLine, problems.Select(p => "- " + p))}");
        }
    }

    /// <summary>Every problem, each with the setting, its value and what is accepted.</summary>
    public static IReadOnlyList<string> Find(KinesisConsumerOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ApplicationName))
        {
            problems.Add("ApplicationName is empty: give the application a name; its leases are kept under it.");
        }

        if (options.Stream == default)
        {
            problems.Add("Stream is not set: name the stream, or give its ARN.");
        }

        AtLeast("FailoverTime", options.FailoverTime, LeastFailover, "renewals are made three times as often");
        AtLeast("MaxLeasesForWorker", options.MaxLeasesForWorker, 1);
        AtLeast("MaxLeasesToStealAtOneTime", options.MaxLeasesToStealAtOneTime, 1);
        AtLeast("ShardSyncInterval", options.ShardSyncInterval, TimeSpan.FromSeconds(1), "each comparison lists the stream's shards");
        AtLeast("ParentShardPollInterval", options.ParentShardPollInterval, TimeSpan.FromMilliseconds(100), "each poll reads the store");
        Between("MaxRecords", options.MaxRecords, 1, 10_000);
        AtLeast("IdleTimeBetweenReads", options.IdleTimeBetweenReads, LeastIdle, "the service allows five reads per second and shard");
        AtLeast("MaxPrefetchedBatches", options.MaxPrefetchedBatches, 1);
        if (options.PrefetchByteBudget < 1)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"PrefetchByteBudget is {options.PrefetchByteBudget}: give a number of bytes, at least 1."));
        }

        AtLeast("TaskBackoff", options.TaskBackoff, TimeSpan.FromMilliseconds(1), "a failing processor is called again after it");
        AtLeast("MaxTaskBackoff", options.MaxTaskBackoff, options.TaskBackoff, "it is the longest of the pauses that begin with TaskBackoff");
        AtLeast("MaxFailuresBeforeRelease", options.MaxFailuresBeforeRelease, 1);
        AtLeast("ShutdownGrace", options.ShutdownGrace, TimeSpan.Zero, "it is how long a stop waits for the processors");
        if (options.LogWarningForTaskAfter is { } after && after <= TimeSpan.Zero)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"LogWarningForTaskAfter is {after}: give a time above zero, or null for no warning."));
        }

        return problems;

        void AtLeast<T>(string setting, T value, T least, string? why = null) where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{setting} is {value}: at least {least}{(why is null ? "" : $"; {why}")}."));
            }
        }

        void Between(string setting, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{setting} is {value}: {least} to {most}."));
            }
        }
    }
}
