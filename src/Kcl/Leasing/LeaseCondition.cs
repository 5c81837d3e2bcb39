using System.Collections.ObjectModel;

namespace Kcl.Leasing;

/// <summary>The condition that a row must fulfill for a write to take effect. All parts that are set must hold.</summary>
/// <remarks>
/// The kinds of condition are a closed set, so that every store can translate every condition. <see cref="LeaseRow.Admits"/> defines their
/// meaning. Every condition except <see cref="RowAbsent"/> also requires that the row exists.
/// </remarks>
public sealed record LeaseCondition
{
    /// <summary>Gets the condition that there is no row. It cannot be combined with others.</summary>
    public static LeaseCondition RowAbsent { get; } = new() { RequiresAbsentRow = true };

    /// <summary>Gets the condition that there is a row.</summary>
    public static LeaseCondition RowPresent { get; } = new();

    /// <summary>Gets a value indicating whether there must be no row.</summary>
    public bool RequiresAbsentRow { get; private init; }

    /// <summary>Gets the counter that the row must have; null if the counter does not matter.</summary>
    public long? Counter { get; init; }

    /// <summary>
    /// Gets the owner that the row must have; an attribute without a value requires a row without owner; null if the owner does not matter.
    /// </summary>
    public LeaseAttribute<WorkerId>? Owner { get; init; }

    /// <summary>
    /// Gets the checkpoint owner that the row must have; an attribute without a value requires a row without one; null if it does not
    /// matter.
    /// </summary>
    public LeaseAttribute<WorkerId>? CheckpointOwner { get; init; }

    /// <summary>Gets the checkpoint that the row must have; null if the checkpoint does not matter.</summary>
    public ExtendedSequenceNumber? Checkpoint { get; init; }

    /// <summary>Gets the private attributes that the row must have. A value of null requires that the attribute is absent.</summary>
    /// <value>The default is empty: private attributes do not matter.</value>
    public IReadOnlyDictionary<string, string?> PrivateAttributes { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>
    /// Gets a value indicating whether the condition allows a change of the owner: it requires the counter, or both owners as in KCL 3.x.
    /// </summary>
    internal bool FencesOwnership => Counter is not null || (Owner is not null && CheckpointOwner is not null);

    /// <summary>Returns the condition that the row has a counter.</summary>
    /// <param name="counter">The counter.</param>
    public static LeaseCondition CounterIs(long counter) => new() { Counter = counter };
}
