namespace Kcl.Kinesis.Aggregation;

/// <summary>Takes the aggregates of the Kinesis Producer Library apart, in place: user records are slices of the record they came in.</summary>
/// <remarks>
/// The rules are those of the Java KCL 3.5.1 (AggregatorUtil), so that sub-sequence numbers in checkpoints mean the same. All or nothing: an aggregate with one record of another shard
/// is left out whole, because its producer puts all of it again. Data that only looks like an aggregate is delivered as it is. Where the Java KCL loses the rest of an
/// aggregate, at an index that points nowhere, the record is delivered as it is and counted. Not safe for several callers at once.
/// </remarks>
public sealed class Deaggregator
{
    private readonly HashKeyRange _range;
    private readonly bool _takesAll;
    private readonly AggregateParser _parser = new();

    /// <summary>Creates a de-aggregator for one shard.</summary>
    /// <param name="range">The shard's hash keys; <see cref="HashKeyRange.Whole"/> where they aren't known: then nothing is left out.</param>
    public Deaggregator(HashKeyRange range) => (_range, _takesAll) = (range, range == HashKeyRange.Whole);

    /// <summary>Takes a batch apart.</summary>
    /// <param name="records">Records as they were retrieved.</param>
    /// <param name="counts">What it came to.</param>
    /// <returns>User records in order, numbered from 0 within each aggregate; <paramref name="records"/> itself if there was no aggregate.</returns>
    public IReadOnlyList<KinesisRecord> Expand(IReadOnlyList<KinesisRecord> records, out DeaggregationCounts counts)
    {
        counts = default;
        List<KinesisRecord>? expanded = null;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (!AggregateFormat.BeginsLikeOne(record.Data.Span))
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

            counts += Expand(record, expanded);
        }

        return expanded ?? records;
    }

    private DeaggregationCounts Expand(KinesisRecord record, List<KinesisRecord> output)
    {
        if (AggregateFormat.HasRightDigest(record.Data.Span) && _parser.TryParse(record.Data[AggregateFormat.MagicLength..^AggregateFormat.DigestLength]))
        {
            return Emit(record, output);
        }

        output.Add(record);
        return default;
    }

    private DeaggregationCounts Emit(KinesisRecord record, List<KinesisRecord> output)
    {
        var first = output.Count;
        for (var i = 0; i < _parser.Count; i++)
        {
            if (!_parser.TryResolve(i, !_takesAll, out var key, out var hashKey))
            {
                output.RemoveRange(first, output.Count - first);
                output.Add(record);
                return new(0, 0, Malformed: 1, 0);
            }

            if (!_takesAll && !_range.Contains(hashKey))
            {
                output.RemoveRange(first, output.Count - first);
                return new(0, 0, 0, Misplaced: 1);
            }

            output.Add(new(_parser.Data(i), key, record.SequenceNumberAscii, i, record.ApproximateArrivalMilliseconds));
        }

        return new(1, _parser.Count, 0, 0);
    }
}
