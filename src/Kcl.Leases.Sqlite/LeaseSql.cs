using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Kcl.Kinesis;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>The table and its statements, and what a row means.</summary>
internal static class LeaseSql
{
    public const int Version = 1;

    public const string CreateTable = """
        CREATE TABLE IF NOT EXISTS lease (
            application TEXT NOT NULL,
            lease_key TEXT NOT NULL,
            shard_id TEXT NOT NULL,
            owner TEXT,
            counter INTEGER NOT NULL,
            checkpoint TEXT NOT NULL,
            checkpoint_sub INTEGER NOT NULL,
            pending TEXT,
            pending_sub INTEGER,
            pending_state BLOB,
            owner_switches INTEGER NOT NULL,
            parents TEXT NOT NULL,
            children TEXT NOT NULL,
            hash_start TEXT,
            hash_end TEXT,
            checkpoint_owner TEXT,
            private_attributes TEXT,
            PRIMARY KEY (application, lease_key)
        ) WITHOUT ROWID
        """;

    /// <summary>Whether the table has the column for private attributes.</summary>
    public const string HasPrivateAttributes = "SELECT COUNT(*) FROM pragma_table_info('lease') WHERE name = 'private_attributes'";

    /// <summary>Adds the column to a table made before there were private attributes. The version stays: programs that do not know the column share the file, and leave it as it is.</summary>
    public const string AddPrivateAttributes = "ALTER TABLE lease ADD COLUMN private_attributes TEXT";

    private const string Columns = "lease_key, shard_id, owner, counter, checkpoint, checkpoint_sub, pending, pending_sub, pending_state, owner_switches, parents, children, hash_start, hash_end, checkpoint_owner, private_attributes";
    private const string One = " WHERE application = @application AND lease_key = @lease_key";

    public const string List = $"SELECT {Columns} FROM lease WHERE application = @application ORDER BY lease_key";
    public const string Get = $"SELECT {Columns} FROM lease{One}";
    public const string Delete = $"DELETE FROM lease{One}";
    public const string DeleteFenced = $"DELETE FROM lease{One} AND counter = @expected";

    public const string Create = $"""
        INSERT INTO lease (application, {Columns})
        VALUES (@application, @lease_key, @shard_id, @owner, @counter, @checkpoint, @checkpoint_sub, @pending, @pending_sub, @pending_state, @owner_switches, @parents, @children, @hash_start, @hash_end, @checkpoint_owner, @private_attributes)
        ON CONFLICT DO NOTHING
        """;

    private static readonly ConcurrentDictionary<int, string> Updates = [];

    /// <summary>The statement that changes the columns an update names, and no other.</summary>
    public static string Update(LeaseUpdate update)
    {
        var shape = (update.ExpectedCounter is null ? 0 : 1) | (update.Owner is null ? 0 : 2) | (update.Checkpoint is null ? 0 : 4) | (update.PendingCheckpoint is null ? 0 : 8)
            | (update.OwnerSwitchesSinceCheckpoint is null ? 0 : 16) | (update.ChildShardIds is null ? 0 : 32) | (update.HashKeyRange is null ? 0 : 64)
            | (update.ParentShardIds is null ? 0 : 128) | (update.PrivateAttributes is null ? 0 : 256)
            | (update.ExpectedCheckpoint is null ? 0 : 512) | (update.ExpectedAbsentAttribute is null ? 0 : 1024);
        return Updates.GetOrAdd(shape, static shape =>
        {
            var set = new StringBuilder();
            var condition = new StringBuilder();
            Set(1, "counter = @expected + 1");
            Set(2, "owner = @owner, checkpoint_owner = NULL");
            Set(4, "checkpoint = @checkpoint, checkpoint_sub = @checkpoint_sub");
            Set(8, "pending = @pending, pending_sub = @pending_sub, pending_state = @pending_state");
            Set(16, "owner_switches = @owner_switches");
            Set(32, "children = @children");
            Set(64, "hash_start = @hash_start, hash_end = @hash_end");
            Set(128, "parents = @parents");

            // A merge patch (RFC 7396): null removes a member.
            Set(256, "private_attributes = NULLIF(json_patch(COALESCE(private_attributes, '{}'), @private_changes), '{}')");
            Require(1, "counter = @expected");
            Require(512, "checkpoint = @expected_checkpoint AND checkpoint_sub = @expected_checkpoint_sub");
            Require(1024, "COALESCE(json_type(private_attributes, '$.' || @expected_absent), '') = ''");
            return $"UPDATE lease SET {(set.Length == 0 ? "counter = counter" : set.ToString())}{One}{condition} RETURNING {Columns}";

            void Set(int bit, string assignment)
            {
                if ((shape & bit) != 0)
                {
                    set.Append(set.Length == 0 ? "" : ", ").Append(assignment);
                }
            }

            void Require(int bit, string what)
            {
                if ((shape & bit) != 0)
                {
                    condition.Append(" AND ").Append(what);
                }
            }
        });
    }

    public static void Bind(SqliteCommand command, LeaseUpdate update)
    {
        if (update.ExpectedCounter is { } expected)
        {
            command.Parameters["@expected"].Value = expected;
        }

        if (update.Owner is { } owner)
        {
            command.Parameters["@owner"].Value = OrNull(owner.Value?.Value);
        }

        if (update.Checkpoint is { } checkpoint)
        {
            BindCheckpoint(command, checkpoint);
        }

        if (update.PendingCheckpoint is { } pending)
        {
            BindPending(command, pending.Value?.Position, pending.Value?.State);
        }

        if (update.OwnerSwitchesSinceCheckpoint is { } switches)
        {
            command.Parameters["@owner_switches"].Value = switches;
        }

        if (update.ChildShardIds is { } children)
        {
            command.Parameters["@children"].Value = Text(children);
        }

        if (update.HashKeyRange is { } range)
        {
            BindRange(command, range);
        }

        if (update.ParentShardIds is { } parents)
        {
            command.Parameters["@parents"].Value = Text(parents);
        }

        if (update.PrivateAttributes is { } changes)
        {
            command.Parameters["@private_changes"].Value = PrivateAttributesJson.Write(changes);
        }

        BindConditions(command, update);
    }

    private static void BindConditions(SqliteCommand command, LeaseUpdate update)
    {
        if (update.ExpectedCheckpoint is { } checkpoint)
        {
            command.Parameters["@expected_checkpoint"].Value = checkpoint.ToCheckpointText();
            command.Parameters["@expected_checkpoint_sub"].Value = checkpoint.SubSequenceNumber;
        }

        if (update.ExpectedAbsentAttribute is { } absent)
        {
            command.Parameters["@expected_absent"].Value = absent;
        }
    }

    public static void Bind(SqliteCommand command, Lease lease)
    {
        var parameters = command.Parameters;
        parameters["@lease_key"].Value = lease.Key.Value;
        parameters["@shard_id"].Value = lease.ShardId.Value;
        parameters["@owner"].Value = OrNull(lease.Owner?.Value);
        parameters["@counter"].Value = lease.Counter;
        BindCheckpoint(command, lease.Checkpoint);
        BindPending(command, lease.PendingCheckpoint, lease.PendingCheckpointState);
        parameters["@owner_switches"].Value = lease.OwnerSwitchesSinceCheckpoint;
        parameters["@parents"].Value = Text(lease.ParentShardIds);
        parameters["@children"].Value = Text(lease.ChildShardIds);
        BindRange(command, lease.HashKeyRange);
        parameters["@checkpoint_owner"].Value = OrNull(lease.CheckpointOwner?.Value);
        parameters["@private_attributes"].Value = lease.PrivateAttributes.Count == 0 ? DBNull.Value : PrivateAttributesJson.Write(lease.PrivateAttributes!);
    }

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="unreadable">Why it cannot be read, if it cannot.</param>
    /// <returns>Whether it is a lease that this version understands.</returns>
    public static bool TryRead(SqliteDataReader row, [NotNullWhen(true)] out Lease? lease, [NotNullWhen(false)] out UnreadableLease? unreadable)
    {
        string? problem = null;
        lease = null;
        try
        {
            lease = ReadStrictly(row, out problem);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidCastException or OverflowException or InvalidOperationException)
        {
            problem = exception.Message;
        }

        unreadable = lease is null ? new(new(row.IsDBNull(0) || row.GetString(0).Length == 0 ? "?" : row.GetString(0)), problem ?? "it is not understood") : null;
        return lease is not null;
    }

    private static Lease? ReadStrictly(SqliteDataReader row, out string? problem)
    {
        problem = null;
        if (!ExtendedSequenceNumber.TryParse(row.GetString(4), row.GetInt64(5), out var checkpoint))
        {
            problem = $"checkpoint '{row.GetString(4)}' (sub-sequence number {row.GetInt64(5)}) is not a checkpoint";
            return null;
        }

        return new()
        {
            Key = new(row.GetString(0)),
            ShardId = new(row.GetString(1)),
            Owner = row.IsDBNull(2) ? null : new(row.GetString(2)),
            Counter = row.GetInt64(3),
            Checkpoint = checkpoint,
            PendingCheckpoint = !row.IsDBNull(6) && ExtendedSequenceNumber.TryParse(row.GetString(6), row.GetInt64(7), out var pending) ? pending : null,
            PendingCheckpointState = row.IsDBNull(8) ? default(ReadOnlyMemory<byte>?) : row.GetFieldValue<byte[]>(8),
            OwnerSwitchesSinceCheckpoint = row.GetInt64(9),
            ParentShardIds = Shards(row.GetString(10)),
            ChildShardIds = Shards(row.GetString(11)),
            HashKeyRange = row.IsDBNull(12) || row.IsDBNull(13)
                ? null
                : new HashKeyRange(UInt128.Parse(row.GetString(12), CultureInfo.InvariantCulture), UInt128.Parse(row.GetString(13), CultureInfo.InvariantCulture)),
            CheckpointOwner = row.IsDBNull(14) ? null : new(row.GetString(14)),
            PrivateAttributes = row.IsDBNull(15) ? ReadOnlyDictionary<string, string>.Empty : PrivateAttributesJson.Read(row.GetString(15)),
        };
    }

    private static void BindCheckpoint(SqliteCommand command, ExtendedSequenceNumber checkpoint)
    {
        command.Parameters["@checkpoint"].Value = checkpoint.ToCheckpointText();
        command.Parameters["@checkpoint_sub"].Value = checkpoint.SubSequenceNumber;
    }

    private static void BindPending(SqliteCommand command, ExtendedSequenceNumber? position, ReadOnlyMemory<byte>? state)
    {
        command.Parameters["@pending"].Value = OrNull(position?.ToCheckpointText());
        command.Parameters["@pending_sub"].Value = position is { } pending ? pending.SubSequenceNumber : DBNull.Value;
        command.Parameters["@pending_state"].Value = state is { } bytes ? bytes.ToArray() : DBNull.Value;
    }

    private static void BindRange(SqliteCommand command, HashKeyRange? range)
    {
        command.Parameters["@hash_start"].Value = OrNull(range?.Start.ToString(CultureInfo.InvariantCulture));
        command.Parameters["@hash_end"].Value = OrNull(range?.End.ToString(CultureInfo.InvariantCulture));
    }

    // Shard ids hold no blanks.
    private static string Text(IReadOnlyList<ShardId> shards) => string.Join(' ', shards);

    private static IReadOnlyList<ShardId> Shards(string text) => text.Length == 0 ? [] : [.. text.Split(' ').Select(id => new ShardId(id))];

    private static object OrNull(string? text) => (object?)text ?? DBNull.Value;
}
