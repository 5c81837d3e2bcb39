using System.Globalization;
using Kcl.Kinesis;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>A shard without its records.</summary>
/// <param name="Index">The number within the stream, counted from 0 over all shards that the stream has ever had.</param>
/// <param name="Range">The hash keys of its records.</param>
/// <param name="CreateSecond">
/// The second in which it was created, in seconds since the Unix epoch, as in its sequence numbers. Until that second, its parents accept
/// its records.
/// </param>
/// <param name="OpenedAt">
/// The same time, in milliseconds since the Unix epoch; exact for the shards with which a stream was created.
/// </param>
/// <param name="CloseSecond">
/// The second in which it was closed, in seconds since the Unix epoch; null while it is open. Its children are created a second later.
/// </param>
/// <param name="Parent">The index of its parent; null if it has none.</param>
/// <param name="AdjacentParent">The index of its second parent after a merge; null if it has none.</param>
internal sealed record ShardModel(
    int Index,
    HashKeyRange Range,
    long CreateSecond,
    long OpenedAt,
    long? CloseSecond,
    int? Parent,
    int? AdjacentParent)
{
    /// <summary>Gets a value indicating whether the shard is listed without an ending sequence number.</summary>
    public bool IsOpen => CloseSecond is null;

    /// <summary>Gets the time at which its children start to accept its records, in milliseconds since the Unix epoch.</summary>
    public long RoutedUntil => CloseSecond is { } second ? (second + 1) * 1000 : long.MaxValue;

    public string Id => IdOf(Index);

    public string StartingSequenceNumber => SequenceParts.Start(CreateSecond, Index).ToString();

    public string? EndingSequenceNumber => CloseSecond is { } second ? SequenceParts.End(CreateSecond, Index, second).ToString() : null;

    public static string IdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"shardId-{index:D12}");

    /// <summary>Returns the index in a shard's id; null if the text cannot be the id of a shard of this server.</summary>
    public static int? IndexOf(string id)
    {
        var isId = id.Length == 20 && id.StartsWith("shardId-", StringComparison.Ordinal);
        return isId && int.TryParse(id.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }
}
