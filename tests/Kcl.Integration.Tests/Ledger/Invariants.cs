namespace Kcl.Integration.Tests.Ledger;

/// <summary>Checks the invariants that hold for all faults of workers and children.</summary>
internal static class Invariants
{
    /// <summary>Checks a ledger.</summary>
    /// <param name="events">The ledger.</param>
    /// <param name="expected">The numbers that must have been delivered.</param>
    /// <param name="parents">The parents of each shard that has parents.</param>
    /// <returns>The violations; empty if there are none.</returns>
    public static IReadOnlyList<string> Violations(
        IReadOnlyList<LedgerEvent> events,
        IEnumerable<long> expected,
        IReadOnlyDictionary<ShardId, IReadOnlyList<ShardId>> parents)
    {
        var problems = new List<string>();
        var delivered = events.Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Number).ToHashSet();
        var lost = expected.Where(number => !delivered.Contains(number)).ToArray();
        if (lost.Length > 0)
        {
            problems.Add($"{lost.Length} record(s) were never delivered: "
                + $"{string.Join(", ", lost.Take(10))}{(lost.Length > 10 ? " …" : "")}");
        }

        foreach (var shard in events.GroupBy(e => e.Shard))
        {
            problems.AddRange(ViolationsInShard(shard.Key, shard));
        }

        var ended = new HashSet<ShardId>();
        var seen = events.Select(e => e.Shard).ToHashSet();
        foreach (var e in events)
        {
            if (e.Kind == LedgerEventKind.ShardEnding)
            {
                ended.Add(e.Shard);
            }
            else if (e.Kind is LedgerEventKind.Started or LedgerEventKind.Delivered && parents.TryGetValue(e.Shard, out var needed))
            {
                problems.AddRange(needed.Where(parent => seen.Contains(parent) && !ended.Contains(parent))
                    .Select(parent => $"{e.Shard} was {(e.Kind == LedgerEventKind.Started ? "started" : "given a record")} "
                        + $"before its parent {parent} was finished"));
            }
        }

        return [.. problems.Distinct().Take(20)];
    }

    private static IEnumerable<string> ViolationsInShard(ShardId shard, IEnumerable<LedgerEvent> events)
    {
        var history = events.ToList();
        var positions = history.Where(e => e is { Kind: LedgerEventKind.Delivered, Position: not null })
            .Select(e => e.Position!.Value)
            .Distinct()
            .Order()
            .ToList();
        var index = positions.Select((position, i) => (position, i)).ToDictionary(pair => pair.position, pair => pair.i);

        // If the worker is killed before the reply, a checkpoint may be stored without being acknowledged. So the acknowledged one is the
        // minimum that must be stored.
        var checkpoint = default(ExtendedSequenceNumber?);
        var next = new Dictionary<int, int?>();
        foreach (var e in history)
        {
            switch (e.Kind)
            {
                case LedgerEventKind.Started when e.Position is { } start:
                    if (start < checkpoint)
                    {
                        yield return $"{shard} was resumed at {start}, before its checkpoint {checkpoint}: the checkpoint moved back";
                    }

                    // At LATEST and AT_TIMESTAMP, any record may be first. Otherwise, it is the first one after the checkpoint.
                    next[e.Processor] = start.IsNumber || start == ExtendedSequenceNumber.TrimHorizon
                        ? positions.FindIndex(position => position > start)
                        : null;
                    break;

                case LedgerEventKind.Delivered when e.Position is { } position:
                    if (next.TryGetValue(e.Processor, out var due) && due is { } wanted && wanted != index[position])
                    {
                        yield return $"{shard} delivered {position} (number {e.Number}) to processor {e.Processor} where "
                            + $"{(wanted >= 0 && wanted < positions.Count ? positions[wanted] : "nothing")} was due: out of "
                            + "order or with a hole";
                    }

                    if (position <= checkpoint)
                    {
                        yield return $"{shard} delivered {position} (number {e.Number}) again although {checkpoint} was checkpointed";
                    }

                    next[e.Processor] = index[position] + 1;
                    break;

                case LedgerEventKind.Checkpointed when e.Position is { } position:
                    if (position < checkpoint)
                    {
                        yield return $"{shard} accepted the checkpoint {position} of processor {e.Processor} after {checkpoint}: "
                            + "it moved back";
                    }

                    checkpoint = position;
                    break;

                case LedgerEventKind.ShardEnded:
                    checkpoint = ExtendedSequenceNumber.ShardEnd;
                    break;
            }
        }
    }
}
