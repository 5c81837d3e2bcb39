namespace Kcl.Leasing;

/// <summary>A conditional write of one lease: a condition, and the change that is made if the condition holds.</summary>
public sealed record LeaseWrite
{
    /// <summary>Gets the condition that the row must fulfill.</summary>
    public required LeaseCondition Condition { get; init; }

    /// <summary>Gets the change of the row.</summary>
    public required LeaseChange Change { get; init; }

    /// <summary>Returns a write that creates a lease if there is none with its key.</summary>
    /// <param name="lease">The lease.</param>
    public static LeaseWrite Create(Lease lease) =>
        new() { Condition = LeaseCondition.RowAbsent, Change = new LeaseCreation { Lease = lease } };

    /// <summary>Returns an update that requires a counter and increments it.</summary>
    /// <param name="counter">The counter that the row must have.</param>
    /// <param name="update">The update; the increment is added to it.</param>
    public static LeaseWrite Update(long counter, LeaseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return new() { Condition = LeaseCondition.CounterIs(counter), Change = update with { IncrementsCounter = true } };
    }

    /// <summary>Returns an update of descriptive attributes, which requires only that there is a row.</summary>
    /// <param name="update">The update.</param>
    public static LeaseWrite Describe(LeaseUpdate update) => new() { Condition = LeaseCondition.RowPresent, Change = update };

    /// <summary>Returns a deletion.</summary>
    /// <param name="counter">The counter that the row must have; null if the counter does not matter.</param>
    public static LeaseWrite Delete(long? counter) => new()
    {
        Condition = counter is { } expected ? LeaseCondition.CounterIs(expected) : LeaseCondition.RowPresent,
        Change = LeaseDeletion.Instance,
    };

    /// <summary>Throws an exception if the write is not valid for any store.</summary>
    /// <param name="key">The key of the row.</param>
    /// <exception cref="ArgumentException">
    /// The condition does not fit the change, or the name of a private attribute is not valid.
    /// </exception>
    public void ThrowIfInvalid(LeaseKey key)
    {
        if (FindProblem(key) is { } problem)
        {
            throw new ArgumentException(problem);
        }
    }

    private string? FindProblem(LeaseKey key)
    {
        if (Condition.RequiresAbsentRow != Change is LeaseCreation)
        {
            return $"A creation requires the condition {nameof(LeaseCondition.RowAbsent)}, and other changes require an existing row.";
        }

        if (Condition.RequiresAbsentRow && Condition != LeaseCondition.RowAbsent)
        {
            return $"The condition {nameof(LeaseCondition.RowAbsent)} cannot be combined with others.";
        }

        if (Change is LeaseCreation { Lease: var lease } && lease.Key != key)
        {
            return $"The row {key} cannot be created from the lease {lease.Key}; the keys must be the same.";
        }

        return FindInvalidName(Condition.PrivateAttributes) ?? (Change is LeaseUpdate update ? FindProblem(update) : null);
    }

    private string? FindProblem(LeaseUpdate update)
    {
        if (update.ChangesProgress && Condition.Counter is null)
        {
            return "A change of a checkpoint must require a counter.";
        }

        if (update.ChangesOwnership && !Condition.FencesOwnership)
        {
            return "A change of the counter, the owners or the owner switches must require a counter, or both owners. "
                + "Without such a condition only descriptive attributes can be changed.";
        }

        if (Condition.Counter is not null && (update.ChangesOwnership || update.ChangesProgress) && !update.IncrementsCounter)
        {
            return "A change that requires a counter must increment it, unless it changes only descriptive attributes. Use "
                + $"{nameof(LeaseWrite)}.{nameof(Update)}.";
        }

        if (update.ReleasesLease && (update.Owner is not null || update.CheckpointOwner is not null))
        {
            return "A release cannot set or remove owners: which owner a release removes depends on the row.";
        }

        if (update.IncrementsOwnerSwitches && update.OwnerSwitchesSinceCheckpoint is not null)
        {
            return "The count of owner switches can be set or incremented, but not both.";
        }

        return update.PrivateAttributes is { } changes ? FindInvalidName(changes) : null;
    }

    private static string? FindInvalidName(IReadOnlyDictionary<string, string?> attributes)
    {
        foreach (var (name, _) in attributes)
        {
            if (!Lease.IsPrivateAttributeName(name))
            {
                return $"'{name}' is not the name of a private attribute; it must be '{Lease.PrivateAttributePrefix}', followed "
                    + "by letters and digits.";
            }
        }

        return null;
    }
}
