using Kcl.Kinesis.Aggregation;

namespace Kcl.Kinesis;

/// <summary>
/// Expands the aggregates of the Kinesis Producer Library in place: user records are slices of the record that contained them.
/// </summary>
/// <remarks>
/// The rules are those of the Java KCL 3.5.1 (AggregatorUtil), so that sub-sequence numbers in checkpoints have the same meaning. An
/// aggregate that contains a record of another shard is left out as a whole, because the Kinesis Producer Library puts all its records
/// again. Data that only resembles an aggregate is delivered unchanged. In two cases the Java KCL loses the rest of an aggregate and this
/// class does not: if the index of a partition key is out of range, the aggregate is delivered without expansion and counted; if an
/// explicit hash key is not valid (some producers write <c>undefined</c>), the aggregate is counted and the hash of the partition key is
/// used. If the shard covers all hash keys, hash keys are not examined. Not safe for concurrent use.
/// <para>
/// On a stream with the strategy <see cref="RecordDistributionStrategy.Auto"/>, the service chooses the shard, so hash keys do not
/// determine the shard of an aggregate. There, and for records that were put while the stream had that strategy, no aggregate must be left
/// out: create the instance with <see cref="HashKeyRange.Whole"/>, or use
/// <see cref="Expand(IReadOnlyList{KinesisRecord}, Func{KinesisRecord, bool}?, out DeaggregationCounts)"/>. A record without a partition
/// key was put to such a stream and is never left out.
/// </para>
/// </remarks>
public sealed class Deaggregator
{
    private readonly HashKeyRange _range;
    private readonly bool _acceptsAll;
    private readonly AggregateParser _parser = new();

    /// <summary>Creates a de-aggregator for one shard.</summary>
    /// <param name="range">The hash keys of the shard. With <see cref="HashKeyRange.Whole"/>, nothing is left out.</param>
    public Deaggregator(HashKeyRange range)
    {
        _range = range;
        _acceptsAll = range == HashKeyRange.Whole;
    }

    /// <summary>Expands the aggregates of a batch.</summary>
    /// <param name="records">The records, as retrieved.</param>
    /// <param name="counts">The numbers of records and aggregates.</param>
    /// <returns>
    /// User records in order, numbered from 0 within each aggregate; <paramref name="records"/> itself if there was no aggregate.
    /// </returns>
    public IReadOnlyList<KinesisRecord> Expand(IReadOnlyList<KinesisRecord> records, out DeaggregationCounts counts) =>
        Expand(records, null, out counts);

    /// <summary>Expands the aggregates of a batch.</summary>
    /// <param name="records">The records, as retrieved.</param>
    /// <param name="acceptsMisplaced">
    /// Decides about each aggregate that contains a record of another shard: true to expand it, false to leave it out. Null leaves out all
    /// such aggregates.
    /// </param>
    /// <param name="counts">The numbers of records and aggregates.</param>
    /// <returns>
    /// User records in order, numbered from 0 within each aggregate; <paramref name="records"/> itself if there was no aggregate.
    /// </returns>
    public IReadOnlyList<KinesisRecord> Expand(
        IReadOnlyList<KinesisRecord> records, Func<KinesisRecord, bool>? acceptsMisplaced, out DeaggregationCounts counts)
    {
        counts = default;
        List<KinesisRecord>? expanded = null;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (!AggregateFormat.HasMagic(record.Data.Span))
            {
                expanded?.Add(record);
                continue;
            }

            if (expanded is null)
            {
                expanded = new(records.Count * 2);
                for (var before = 0; before < i; before++)
                {
                    expanded.Add(records[before]);
                }
            }

            counts += Expand(record, acceptsMisplaced, expanded);
        }

        return expanded ?? records;
    }

    private DeaggregationCounts Expand(KinesisRecord record, Func<KinesisRecord, bool>? acceptsMisplaced, List<KinesisRecord> output)
    {
        if (AggregateFormat.HasValidDigest(record.Data.Span)
            && _parser.TryParse(record.Data[AggregateFormat.MagicLength..^AggregateFormat.DigestLength]))
        {
            return Emit(record, acceptsMisplaced, output);
        }

        output.Add(record);
        return default;
    }

    private DeaggregationCounts Emit(KinesisRecord record, Func<KinesisRecord, bool>? acceptsMisplaced, List<KinesisRecord> output)
    {
        var first = output.Count;
        var unusable = 0;
        var acceptsAll = _acceptsAll || !record.HasPartitionKey;
        for (var i = 0; i < _parser.Count; i++)
        {
            if (!_parser.TryFindKey(i, out var key))
            {
                output.RemoveRange(first, output.Count - first);
                output.Add(record);
                return new() { Malformed = 1 };
            }

            if (!acceptsAll)
            {
                var belongs = _range.Contains(_parser.GetHashKey(i, out var usable));
                unusable = usable ? unusable : 1;
                if (!belongs && acceptsMisplaced?.Invoke(record) != true)
                {
                    output.RemoveRange(first, output.Count - first);
                    return new() { Misplaced = 1, UnusableHashKeys = unusable };
                }

                acceptsAll = !belongs;
            }

            output.Add(new(_parser.GetData(i), key, record.SequenceNumberAscii, i, record.ApproximateArrivalMilliseconds));
        }

        return new() { Aggregates = 1, UserRecords = _parser.Count, UnusableHashKeys = unusable };
    }
}
