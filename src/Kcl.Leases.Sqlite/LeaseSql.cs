using System.Collections.Concurrent;
using Kcl.Leasing;

namespace Kcl.Leases.Sqlite;

/// <summary>Provides the SQL statements of the lease table.</summary>
internal static class LeaseSql
{
    /// <summary>The version of the schema.</summary>
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

    /// <summary>Selects the number of columns for private attributes, which is 0 or 1.</summary>
    public const string HasPrivateAttributes = "SELECT COUNT(*) FROM pragma_table_info('lease') WHERE name = 'private_attributes'";

    /// <summary>
    /// Adds the column for private attributes to a table of an earlier version. The version of the schema does not change: earlier programs
    /// can still use the file, and leave the column unchanged.
    /// </summary>
    public const string AddPrivateAttributes = "ALTER TABLE lease ADD COLUMN private_attributes TEXT";

    private const string Columns =
        "lease_key, shard_id, owner, counter, checkpoint, checkpoint_sub, pending, pending_sub, pending_state, owner_switches, "
        + "parents, children, hash_start, hash_end, checkpoint_owner, private_attributes";

    private const string WhereKey = " WHERE application = @application AND lease_key = @lease_key";

    public const string List = $"SELECT {Columns} FROM lease WHERE application = @application ORDER BY lease_key";
    public const string Get = $"SELECT {Columns} FROM lease{WhereKey}";
    public const string Create = $"""
        INSERT INTO lease (application, {Columns})
        VALUES (
            @application, @lease_key, @shard_id, @owner, @counter, @checkpoint, @checkpoint_sub, @pending, @pending_sub, @pending_state,
            @owner_switches, @parents, @children, @hash_start, @hash_end, @checkpoint_owner, @private_attributes)
        ON CONFLICT DO NOTHING
        """;

    private static readonly ConcurrentDictionary<(int Change, int Condition), string> Statements = [];

    /// <summary>Returns the statement that changes only the columns that an update names.</summary>
    public static string Update(LeaseCondition condition, LeaseUpdate update) =>
        Statements.GetOrAdd((ShapeOf(update), ShapeOf(condition)), static shape =>
    {
        var set = string.Join(", ", Parts(shape.Change, Assignments));
        return $"UPDATE lease SET {(set.Length == 0 ? "counter = counter" : set)}{WhereKey}{Conditions(shape.Condition)} "
            + $"RETURNING {Columns}";
    });

    /// <summary>Returns the statement that deletes a row.</summary>
    public static string Delete(LeaseCondition condition) =>
        Statements.GetOrAdd((Deletion, ShapeOf(condition)), static shape => $"DELETE FROM lease{WhereKey}{Conditions(shape.Condition)}");

    private const int Deletion = -1;

    private static readonly string[] Assignments =
    [
        "counter = counter + 1",
        "owner = @owner",
        "checkpoint_owner = @checkpoint_owner",
        "owner = CASE WHEN checkpoint_owner IS NULL THEN NULL ELSE owner END, checkpoint_owner = NULL",
        "checkpoint = @checkpoint, checkpoint_sub = @checkpoint_sub",
        "pending = @pending, pending_sub = @pending_sub, pending_state = @pending_state",
        "owner_switches = @owner_switches",
        "owner_switches = owner_switches + 1",
        "children = @children",
        "parents = @parents",
        "hash_start = @hash_start, hash_end = @hash_end",

        // A merge patch (RFC 7396): null removes a member.
        "private_attributes = NULLIF(json_patch(COALESCE(private_attributes, '{}'), @private_changes), '{}')",
    ];

    // Unlike =, IS also compares NULL.
    private static readonly string[] Requirements =
    [
        "counter = @expected",
        "owner IS @expected_owner",
        "checkpoint_owner IS @expected_checkpoint_owner",
        "checkpoint = @expected_checkpoint AND checkpoint_sub = @expected_checkpoint_sub",
        "NOT EXISTS (SELECT 1 FROM json_each(@expected_private) AS e WHERE json_extract(private_attributes, '$.' || e.key) IS NOT e.value)",
    ];

    private static int ShapeOf(LeaseUpdate update) => Shape(
        update.IncrementsCounter,
        update.Owner is not null,
        update.CheckpointOwner is not null,
        update.ReleasesLease,
        update.Checkpoint is not null,
        update.PendingCheckpoint is not null,
        update.OwnerSwitchesSinceCheckpoint is not null,
        update.IncrementsOwnerSwitches,
        update.ChildShardIds is not null,
        update.ParentShardIds is not null,
        update.HashKeyRange is not null,
        update.PrivateAttributes is not null);

    private static int ShapeOf(LeaseCondition condition) => Shape(
        condition.Counter is not null,
        condition.Owner is not null,
        condition.CheckpointOwner is not null,
        condition.Checkpoint is not null,
        condition.PrivateAttributes.Count > 0);

    private static int Shape(params ReadOnlySpan<bool> bits)
    {
        var shape = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            shape |= bits[i] ? 1 << i : 0;
        }

        return shape;
    }

    private static IEnumerable<string> Parts(int shape, string[] parts) => parts.Where((_, i) => (shape & (1 << i)) != 0);

    private static string Conditions(int shape) =>
        string.Concat(Parts(shape, Requirements).Select(static requirement => $" AND {requirement}"));
}
