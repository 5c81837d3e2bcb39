using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Reads rows of the table. The columns are those of the statements of <see cref="LeaseSql"/>, in the same order.</summary>
internal static class LeaseReader
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="unreadable">The reason why the row cannot be read; null if it was read.</param>
    /// <returns>True if the row was read; otherwise, false.</returns>
    public static bool TryRead(
        SqliteDataReader row,
        [NotNullWhen(true)] out Lease? lease,
        [NotNullWhen(false)] out UnreadableLease? unreadable)
    {
        string? problem = null;
        lease = null;
        try
        {
            lease = ReadOrThrow(row, out problem);
        }
        catch (Exception exception) when (exception
            is FormatException or ArgumentException or InvalidCastException or OverflowException or InvalidOperationException)
        {
            problem = exception.Message;
        }

        unreadable = lease is null
            ? new()
            {
                Key = new(row.IsDBNull(0) || row.GetString(0).Length == 0 ? "?" : row.GetString(0)),
                Problem = problem ?? "its contents are not valid",
            }
            : null;
        return lease is not null;
    }

    private static Lease? ReadOrThrow(SqliteDataReader row, out string? problem)
    {
        problem = null;
        if (!ExtendedSequenceNumber.TryParse(row.GetString(4), row.GetInt64(5), out var checkpoint))
        {
            problem = $"checkpoint '{row.GetString(4)}' (sub-sequence number {row.GetInt64(5)}) is not a checkpoint";
            return null;
        }

        var hasPending = ExtendedSequenceNumber.TryParse(
            row.IsDBNull(6) ? null : row.GetString(6),
            row.IsDBNull(7) ? 0 : row.GetInt64(7),
            out var pending);
        return new()
        {
            Key = new(row.GetString(0)),
            ShardId = new(row.GetString(1)),
            Owner = row.IsDBNull(2) ? null : new(row.GetString(2)),
            Counter = row.GetInt64(3),
            Checkpoint = checkpoint,
            PendingCheckpoint = hasPending ? pending : null,
            PendingCheckpointState = hasPending && !row.IsDBNull(8) ? row.GetFieldValue<byte[]>(8) : default(ReadOnlyMemory<byte>?),
            OwnerSwitchesSinceCheckpoint = row.GetInt64(9),
            ParentShardIds = Shards(row.GetString(10)),
            ChildShardIds = Shards(row.GetString(11)),
            HashKeyRange = row.IsDBNull(12) || row.IsDBNull(13)
                ? null
                : new HashKeyRange(
                    UInt128.Parse(row.GetString(12), CultureInfo.InvariantCulture),
                    UInt128.Parse(row.GetString(13), CultureInfo.InvariantCulture)),
            CheckpointOwner = row.IsDBNull(14) ? null : new(row.GetString(14)),
            PrivateAttributes = row.IsDBNull(15) ? ReadOnlyDictionary<string, string>.Empty : PrivateAttributesJson.Read(row.GetString(15)),
        };
    }

    private static IReadOnlyList<ShardId> Shards(string text) => text.Length == 0 ? [] : [.. text.Split(' ').Select(id => new ShardId(id))];
}
