using System.Globalization;
using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Maps the shards of one stream to the keys of their leases, and recognizes the rows of other streams. Immutable.</summary>
/// <param name="Stream">The stream as configured.</param>
/// <param name="Instance">The instance of the stream, in a fleet that reads several streams; null in a fleet that reads one.</param>
internal sealed record StreamLeaseKeys(StreamIdentifier Stream, StreamInstance? Instance = null)
{
    private const int MaxExamples = 3;

    /// <summary>Returns the reference to a shard of the stream.</summary>
    public ShardRef Shard(ShardId shardId) => new(Stream, shardId);

    /// <summary>Returns the key of a shard's lease.</summary>
    public LeaseKey For(ShardId shardId) => LeaseKey.For(Shard(shardId), Instance);

    /// <summary>Returns whether a row is a lease of the stream: its key is the key of the row's shard.</summary>
    public bool Contains(Lease lease) => lease.Key == For(lease.ShardId);

    /// <summary>
    /// Returns whether a row that cannot be read may be a lease of the stream. It is not if its key names another stream.
    /// </summary>
    public bool Contains(UnreadableLease row) => !row.Key.TryParse(out _, out var shardId) || row.Key == For(shardId);

    /// <summary>Returns the rows of the stream. The keys of all others are listed in <see cref="LeaseListing.OtherStreams"/>.</summary>
    /// <param name="table">The listing of the table.</param>
    public LeaseListing Select(LeaseListing table)
    {
        if (table.All(Contains) && table.Unreadable.All(Contains))
        {
            return table;
        }

        IEnumerable<LeaseKey> others =
            [.. table.Where(l => !Contains(l)).Select(l => l.Key), .. table.Unreadable.Where(row => !Contains(row)).Select(row => row.Key)];
        return new([.. table.Where(Contains)], [.. table.Unreadable.Where(Contains)]) { OtherStreams = [.. table.OtherStreams, .. others] };
    }

    /// <summary>Describes rows of other streams: which streams, and examples of their keys.</summary>
    /// <param name="others">The keys of the rows; not empty.</param>
    public static string Describe(IReadOnlyList<LeaseKey> others)
    {
        var streams = others.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        string[] keys = [.. others.Select(k => $"'{k}'")];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{others.Count} lease(s) whose keys name {ListExamples(streams)} (for example {ListExamples(keys)})");
    }

    /// <summary>Returns why a worker of the stream must not use the table.</summary>
    /// <param name="application">The application's name.</param>
    /// <param name="table">The table, after <see cref="Select"/>.</param>
    /// <returns>The reason and the remedy; null if every row belongs to the stream.</returns>
    public string? GetRefusalReason(string application, LeaseListing table) => table.OtherStreams.Count == 0
        ? null
        : $"The lease table of application '{application}' holds {Describe(table.OtherStreams)}, but the worker is configured only for "
            + $"stream {Stream} and uses shard ids as lease keys. Keys of the form 'account:stream:epoch:shardId' are written by a KCL "
            + "application that reads several streams; its checkpoints cannot be used here. Nothing was written. Give this application "
            + "another name, which gives it a lease table of its own, or remove these rows from the table if they are no longer used.";

    private static string NameOf(LeaseKey key)
    {
        if (key.TryParse(out var instance, out _))
        {
            return instance is { } stream ? $"stream {stream}" : "another shard than the row";
        }

        var end = key.Value.LastIndexOf(':');
        return end > 0 ? $"stream '{key.Value[..end]}'" : "no shard";
    }

    private static string ListExamples(string[] texts) =>
        string.Join(", ", texts.Take(MaxExamples)) + (texts.Length > MaxExamples ? $" and {texts.Length - MaxExamples} more" : "");
}
