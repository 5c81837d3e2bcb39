using System.Buffers;
using System.Text;

namespace Kcl.Leasing;

/// <summary>
/// Finds writes that a store must reject, because stores would give them different meanings or write rows that cannot be read.
/// </summary>
internal static class LeaseWriteValidator
{
    /// <summary>Returns the first problem of a write; null if the write is valid.</summary>
    /// <param name="key">The key of the row.</param>
    /// <param name="write">The write.</param>
    public static string? FindProblem(LeaseKey key, LeaseWrite write)
    {
        if (key == default)
        {
            return "The key is the default value of LeaseKey and has no text. Create one with new LeaseKey(value).";
        }

        if (write.Condition is null)
        {
            return $"The condition of the write is null. To require only that there is a row, use {nameof(LeaseCondition.RowPresent)}.";
        }

        return write.Change is null
            ? "The change of the write is null; it must be a creation, an update or a deletion."
            : FindTextProblem(key.Value, "The key")
            ?? FindMismatch(write.Condition, write.Change)
            ?? FindProblem(write.Condition)
            ?? write.Change switch
            {
                LeaseCreation creation => FindProblem(key, creation.Lease),
                LeaseUpdate update => FindMismatch(write.Condition, update) ?? FindProblem(update),
                _ => null,
            };
    }

    private static string? FindMismatch(LeaseCondition condition, LeaseChange change)
    {
        if (condition.RequiresAbsentRow != change is LeaseCreation)
        {
            return $"A creation requires the condition {nameof(LeaseCondition.RowAbsent)}, and other changes require an existing row.";
        }

        return condition.RequiresAbsentRow && condition != LeaseCondition.RowAbsent
            ? $"The condition {nameof(LeaseCondition.RowAbsent)} cannot be combined with others."
            : null;
    }

    private static string? FindMismatch(LeaseCondition condition, LeaseUpdate update)
    {
        if (update.ChangesProgress && condition.Counter is null)
        {
            return "A change of a checkpoint must require a counter.";
        }

        if (update.ChangesOwnership && !condition.FencesOwnership)
        {
            return "A change of the counter, the owners or the owner switches must require a counter, or both owners. "
                + "Without such a condition only descriptive attributes can be changed.";
        }

        return condition.Counter is not null && (update.ChangesOwnership || update.ChangesProgress) && !update.IncrementsCounter
            ? "A change that requires a counter must increment it, unless it changes only descriptive attributes. Use "
                + $"{nameof(LeaseWrite)}.{nameof(LeaseWrite.Update)}."
            : null;
    }

    private static string? FindProblem(LeaseCondition condition) =>
        FindProblem(condition.Owner?.Value, "The required owner")
        ?? FindProblem(condition.CheckpointOwner?.Value, "The required checkpoint owner")
        ?? FindProblem(condition.PrivateAttributes, allowsNull: true);

    private static string? FindProblem(LeaseKey key, Lease? lease)
    {
        if (lease is null)
        {
            return "A creation requires a lease, but the lease is null.";
        }

        if (lease.Key != key)
        {
            return $"The row {key} cannot be created from the lease {lease.Key}; the keys must be the same.";
        }

        if (lease.ShardId == default)
        {
            return $"The shard id of the lease {key} is the default value of ShardId and has no text. Create one with new ShardId(id).";
        }

        if (key.TryParse(out _, out var named) && named != lease.ShardId)
        {
            return $"The key {key} is that of shard {named}, but the lease is that of shard {lease.ShardId}; the shards must be the same.";
        }

        if (lease.Counter < 0)
        {
            return $"The counter of a new lease must not be negative, but it is {lease.Counter}.";
        }

        if (lease.PendingCheckpoint is null && lease.PendingCheckpointState is not null)
        {
            return $"The lease {key} has the state of a pending checkpoint, but no pending checkpoint. Set both or neither.";
        }

        return FindProblem(lease.Owner, "The owner")
            ?? FindProblem(lease.CheckpointOwner, "The checkpoint owner")
            ?? FindProblem(lease.ParentShardIds, "parent shards")
            ?? FindProblem(lease.ChildShardIds, "child shards")
            ?? FindProblem(lease.PrivateAttributes!, allowsNull: false);
    }

    private static string? FindProblem(LeaseUpdate update)
    {
        if (update.ReleasesLease && (update.Owner is not null || update.CheckpointOwner is not null))
        {
            return "A release cannot set or remove owners: which owner a release removes depends on the row.";
        }

        if (update.IncrementsOwnerSwitches && update.OwnerSwitchesSinceCheckpoint is not null)
        {
            return "The count of owner switches can be set or incremented, but not both.";
        }

        return FindProblem(update.Owner?.Value, "The new owner")
            ?? FindProblem(update.CheckpointOwner?.Value, "The new checkpoint owner")
            ?? FindProblem(update.ParentShardIds ?? [], "parent shards")
            ?? FindProblem(update.ChildShardIds ?? [], "child shards")
            ?? FindProblem(update.PrivateAttributes ?? LeaseCondition.RowPresent.PrivateAttributes, allowsNull: true);
    }

    private static string? FindProblem(WorkerId? worker, string what)
    {
        if (worker is not { } id)
        {
            return null;
        }

        return id == default
            ? $"{what} is the default value of WorkerId and has no text. Create one with new WorkerId(value), or use null for no worker."
            : FindTextProblem(id.Value, what);
    }

    private static string? FindProblem(IReadOnlyList<ShardId>? shards, string what)
    {
        if (shards is null)
        {
            return $"The list of {what} is null. For no shards, use an empty list.";
        }

        foreach (var shard in shards)
        {
            if (shard == default)
            {
                return $"The {what} contain the default value of ShardId, which has no text. Create ids with new ShardId(id).";
            }
        }

        return null;
    }

    private static string? FindProblem(IEnumerable<KeyValuePair<string, string?>>? attributes, bool allowsNull)
    {
        if (attributes is null)
        {
            return "The dictionary of private attributes is null. For no private attributes, use an empty dictionary.";
        }

        foreach (var (name, value) in attributes)
        {
            if (!Lease.IsPrivateAttributeName(name))
            {
                return $"'{name}' is not the name of a private attribute; it must be '{Lease.PrivateAttributePrefix}', followed "
                    + $"by letters and digits, and have at most {Lease.MaxPrivateAttributeNameLength} characters.";
            }

            if (value is null && !allowsNull)
            {
                return $"The value of the private attribute '{name}' of a new lease is null. Leave out attributes without a value.";
            }

            if (value is not null && FindTextProblem(value, $"The value of the private attribute '{name}'") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    // SQLite ends a text at the character U+0000, and half of a surrogate pair has no UTF-8 form.
    private static string? FindTextProblem(ReadOnlySpan<char> text, string what)
    {
        if (text.Contains('\0'))
        {
            return $"{what} contains the character U+0000, which not every store can store.";
        }

        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return $"{what} contains half of a surrogate pair, which has no UTF-8 form and cannot be stored.";
            }

            text = text[length..];
        }

        return null;
    }
}
