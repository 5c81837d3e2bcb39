using System.Globalization;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>Appends the records of a request to their shards.</summary>
internal sealed class RecordAppender(ServerContext context)
{
    /// <summary>Appends a record.</summary>
    /// <param name="live">The stream.</param>
    /// <param name="model">The stream's model.</param>
    /// <param name="record">The record in the request.</param>
    /// <param name="buffer">A buffer for the payload, which grows as needed.</param>
    /// <param name="digits">Receives the sequence number.</param>
    /// <exception cref="ServiceErrorException">The stream has been deleted.</exception>
    public AppendResult Append(LiveStream live, StreamModel model, RequestValue record, ref byte[] buffer, Span<byte> digits)
    {
        var key = record.TryGet("PartitionKey"u8, out var given) ? given.GetUtf8() : default;
        _ = record.TryGet("Data"u8, out var data);
        var payload = data.GetPayload(ref buffer);

        // Either the key determines the shard, or the shards get records in turn.
        var hashKey = model.AutoDistribution ? default : GetHashKey(record);
        var turn = model.AutoDistribution ? live.GetNextTurn() : 0;
        while (true)
        {
            var now = context.Clock.Now;
            if (live.GetModel(now) is null)
            {
                throw context.Errors.StreamNotFound(live.LastModel.Name);
            }

            var routing = live.GetRouting(now);
            var index = model.AutoDistribution ? routing.ShardAt(turn) : routing.ShardOf(hashKey);
            var shard = live.GetShard(index);
            if (shard.Throughput is { } throughput && !throughput.TryWrite(key.Length + payload.Length, now))
            {
                return new(index, false);
            }

            if (shard.Log.TryAppend(key, payload.Span, digits))
            {
                return new(index, true);
            }

            // The shard ended after the clock was read above: one of its children accepts the record.
        }
    }

    /// <summary>Throws if a <c>SequenceNumberForOrdering</c> is not earlier than the next record of the shard of a record.</summary>
    /// <exception cref="ServiceErrorException">The number did not come from this stream, or is not earlier.</exception>
    public void ThrowIfNotEarlier(LiveStream live, StreamModel model, string number, RequestValue record)
    {
        var now = context.Clock.Now;
        var shard = model.Shards[live.GetRouting(now).ShardOf(GetHashKey(record))];
        if (!SequenceParts.TryParse(number, out var parts)
            || parts.Second > now / 1000
            || !(parts.ShardIndex == (uint)shard.Index ? IsStored(parts, shard, live) : parts.CreateSecond <= shard.CreateSecond))
        {
            throw context.Errors.InvalidOrdering(number, model.Name);
        }
    }

    private static bool IsStored(SequenceParts parts, ShardModel shard, LiveStream live) =>
        parts.CreateSecond == shard.CreateSecond
        && parts.Index < (ulong)long.MaxValue
        && (long)parts.Index < live.GetShard(shard.Index).Log.Latest;

    private static UInt128 GetHashKey(RequestValue record)
    {
        if (record.TryGet("ExplicitHashKey"u8, out var explicitKey))
        {
            return UInt128.Parse(explicitKey.GetUtf8(), CultureInfo.InvariantCulture);
        }

        _ = record.TryGet("PartitionKey"u8, out var key);
        return PartitionKeyHash.Compute(key.GetUtf8());
    }
}
