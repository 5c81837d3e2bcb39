using Kcl.Kinesis.Cbor;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>Answers a read. In CBOR the records are sent as they are in memory; in JSON each one is encoded.</summary>
internal static class RecordsResponse
{
    /// <summary>Writes the answer.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="plan">What was read.</param>
    /// <param name="next">The next iterator; null at the end of the shard.</param>
    /// <param name="behind">How far behind the reader is, in milliseconds.</param>
    /// <param name="stream">The stream, for the children of a shard that ended.</param>
    /// <param name="shardIndex">The shard.</param>
    public static ValueTask WriteAsync(Exchange exchange, ReadPlan plan, string? next, long behind, StreamModel stream, int shardIndex)
    {
        if (exchange.Cbor)
        {
            return new(WriteCborAsync(exchange, plan, next, behind, stream, shardIndex));
        }

        var json = exchange.Out;
        json.StartObject();
        json.StartArray("Records"u8);
        WriteRecords(json, plan);
        json.EndArray();
        WriteTail(json, next, behind, stream, shardIndex);
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes records one by one.</summary>
    public static void WriteRecords(ResponseWriter json, ReadPlan plan)
    {
        foreach (var run in plan.Runs)
        {
            for (var rest = run.Bytes.Span; rest.Length > 0;)
            {
                var length = RecordLayout.LengthOf(rest);
                var record = rest[..length];
                json.StartObject();
                json.Text("SequenceNumber"u8, RecordLayout.SequenceNumber(record));
                json.Timestamp("ApproximateArrivalTimestamp"u8, RecordLayout.ArrivedAt(record));
                json.Payload("Data"u8, RecordLayout.Data(record));
                if (RecordLayout.HasKey(record))
                {
                    json.Text("PartitionKey"u8, RecordLayout.Key(record));
                }

                json.EndObject();
                rest = rest[length..];
            }
        }
    }

    private static void WriteTail(ResponseWriter json, string? next, long behind, StreamModel stream, int shardIndex)
    {
        json.Integer("MillisBehindLatest"u8, behind);
        if (next is not null)
        {
            json.Text("NextShardIterator"u8, next);
        }
        else
        {
            ShardOperations.WriteChildren(json, stream, shardIndex);
        }
    }

    private static async Task WriteCborAsync(Exchange exchange, ReadPlan plan, string? next, long behind, StreamModel stream, int shardIndex)
    {
        var buffer = exchange.Buffer;
        WriteHead(buffer, plan.Count);
        var headLength = buffer.Length;
        WriteTail(exchange.Out, next, behind, stream, shardIndex);
        exchange.Out.EndObject();

        var response = exchange.Http.Response;
        exchange.Answered = true;
        response.ContentLength = buffer.Length + plan.EncodedBytes;
        var body = response.BodyWriter;
        await body.WriteAsync(buffer.Written[..headLength], exchange.Aborted).ConfigureAwait(false);
        foreach (var run in plan.Runs)
        {
            await body.WriteAsync(run.Bytes, exchange.Aborted).ConfigureAwait(false);
        }

        await body.WriteAsync(buffer.Written[headLength..], exchange.Aborted).ConfigureAwait(false);
    }

    private static void WriteHead(PooledBuffer buffer, int count)
    {
        var cbor = new CborWriter(buffer);
        cbor.StartMap();
        cbor.WriteText("Records"u8);
        cbor.StartArray(count);
        cbor.Flush();
    }
}
