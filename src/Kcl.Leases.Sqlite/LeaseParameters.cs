using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Sets the parameters of statements.</summary>
internal static class LeaseParameters
{
    public static void Bind(SqliteCommand command, LeaseCondition condition)
    {
        var parameters = command.Parameters;
        if (condition.Counter is { } counter)
        {
            parameters["@expected"].Value = counter;
        }

        if (condition.Owner is { } owner)
        {
            parameters["@expected_owner"].Value = OrNull(owner.Value?.Value);
        }

        if (condition.CheckpointOwner is { } checkpointOwner)
        {
            parameters["@expected_checkpoint_owner"].Value = OrNull(checkpointOwner.Value?.Value);
        }

        if (condition.Checkpoint is { } checkpoint)
        {
            parameters["@expected_checkpoint"].Value = checkpoint.ToCheckpointText();
            parameters["@expected_checkpoint_sub"].Value = checkpoint.SubSequenceNumber;
        }

        if (condition.PrivateAttributes.Count > 0)
        {
            parameters["@expected_private"].Value = PrivateAttributesJson.Write(condition.PrivateAttributes);
        }
    }

    public static void Bind(SqliteCommand command, LeaseUpdate update)
    {
        var parameters = command.Parameters;
        if (update.Owner is { } owner)
        {
            parameters["@owner"].Value = OrNull(owner.Value?.Value);
        }

        if (update.CheckpointOwner is { } checkpointOwner)
        {
            parameters["@checkpoint_owner"].Value = OrNull(checkpointOwner.Value?.Value);
        }

        if (update.Checkpoint is { } checkpoint)
        {
            BindCheckpoint(parameters, checkpoint);
        }

        if (update.PendingCheckpoint is { } pending)
        {
            BindPending(parameters, pending.Value?.Position, pending.Value?.State);
        }

        if (update.OwnerSwitchesSinceCheckpoint is { } switches)
        {
            parameters["@owner_switches"].Value = switches;
        }

        if (update.ChildShardIds is { } children)
        {
            parameters["@children"].Value = Text(children);
        }

        if (update.ParentShardIds is { } parents)
        {
            parameters["@parents"].Value = Text(parents);
        }

        if (update.HashKeyRange is { } range)
        {
            BindRange(parameters, range);
        }

        if (update.PrivateAttributes is { } changes)
        {
            parameters["@private_changes"].Value = PrivateAttributesJson.Write(changes);
        }
    }

    public static void Bind(SqliteCommand command, Lease lease)
    {
        var parameters = command.Parameters;
        parameters["@shard_id"].Value = lease.ShardId.Value;
        parameters["@owner"].Value = OrNull(lease.Owner?.Value);
        parameters["@counter"].Value = lease.Counter;
        BindCheckpoint(parameters, lease.Checkpoint);
        BindPending(parameters, lease.PendingCheckpoint, lease.PendingCheckpointState);
        parameters["@owner_switches"].Value = lease.OwnerSwitchesSinceCheckpoint;
        parameters["@parents"].Value = Text(lease.ParentShardIds);
        parameters["@children"].Value = Text(lease.ChildShardIds);
        BindRange(parameters, lease.HashKeyRange);
        parameters["@checkpoint_owner"].Value = OrNull(lease.CheckpointOwner?.Value);
        parameters["@private_attributes"].Value =
            lease.PrivateAttributes.Count == 0 ? DBNull.Value : PrivateAttributesJson.Write(lease.PrivateAttributes!);
    }

    private static void BindCheckpoint(SqliteParameterCollection parameters, ExtendedSequenceNumber checkpoint)
    {
        parameters["@checkpoint"].Value = checkpoint.ToCheckpointText();
        parameters["@checkpoint_sub"].Value = checkpoint.SubSequenceNumber;
    }

    private static void BindPending(SqliteParameterCollection parameters, ExtendedSequenceNumber? position, ReadOnlyMemory<byte>? state)
    {
        parameters["@pending"].Value = OrNull(position?.ToCheckpointText());
        parameters["@pending_sub"].Value = position is { } pending ? pending.SubSequenceNumber : DBNull.Value;
        parameters["@pending_state"].Value = state is { } bytes ? bytes.ToArray() : DBNull.Value;
    }

    private static void BindRange(SqliteParameterCollection parameters, HashKeyRange? range)
    {
        parameters["@hash_start"].Value = OrNull(range?.Start.ToString(CultureInfo.InvariantCulture));
        parameters["@hash_end"].Value = OrNull(range?.End.ToString(CultureInfo.InvariantCulture));
    }

    // Shard ids contain no spaces.
    private static string Text(IReadOnlyList<ShardId> shards) => string.Join(' ', shards);

    private static object OrNull(string? text) => (object?)text ?? DBNull.Value;
}
