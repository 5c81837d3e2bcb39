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

    /// <summary>Throws an exception if the write is not valid. Every store calls this method before it writes.</summary>
    /// <param name="key">The key of the row.</param>
    /// <exception cref="ArgumentException">
    /// The condition does not fit the change, or a value of the key, the condition or the change is not valid. The message names the
    /// problem.
    /// </exception>
    public void ThrowIfInvalid(LeaseKey key)
    {
        if (LeaseWriteValidator.FindProblem(key, this) is { } problem)
        {
            throw new ArgumentException(problem);
        }
    }
}
