using System.Globalization;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Records;

namespace Kcl.LocalKinesis.Streams;

/// <summary>What is known of one shard; times in seconds since the epoch, as they stand in its sequence numbers.</summary>
/// <param name="Index">Its number within the stream, counted up over the stream's life.</param>
/// <param name="Range">The hash keys it takes.</param>
/// <param name="CreateSecond">When it was created. Until the beginning of that second its parents take its records.</param>
/// <param name="OpenedAt">The same instant, in milliseconds since the epoch and, for the shards a stream was created with, exactly.</param>
/// <param name="CloseSecond">When it was closed; null while it is open. Its children are created a second later.</param>
/// <param name="Parent">The shard it came from.</param>
/// <param name="AdjacentParent">The second one, after a merge.</param>
internal sealed record ShardModel(int Index, HashKeyRange Range, long CreateSecond, long OpenedAt, long? CloseSecond, int? Parent, int? AdjacentParent)
{
    /// <summary>Whether it is listed without an ending sequence number.</summary>
    public bool IsOpen => CloseSecond is null;

    /// <summary>The first millisecond at which its children take its records instead of it.</summary>
    public long RoutedUntil => CloseSecond is { } second ? (second + 1) * 1000 : long.MaxValue;

    public string Id => IdOf(Index);

    public string StartingSequenceNumber => SequenceParts.Start(CreateSecond, Index).ToString();

    public string? EndingSequenceNumber => CloseSecond is { } second ? SequenceParts.End(CreateSecond, Index, second).ToString() : null;

    public static string IdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"shardId-{index:D12}");

    /// <summary>The number in a shard's id, or null if no shard of ours could be called that.</summary>
    public static int? IndexOf(string id) =>
        id.Length == 20 && id.StartsWith("shardId-", StringComparison.Ordinal) && int.TryParse(id.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
