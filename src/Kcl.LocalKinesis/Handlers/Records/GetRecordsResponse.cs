using Kcl.Kinesis.Formats.Cbor;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Responses;

namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>Writes the response of a read. In CBOR, the bytes of the records in memory are sent; in JSON, each record is encoded.</summary>
/// <param name="Plan">The records.</param>
/// <param name="NextIterator">The next iterator; null at the end of the shard.</param>
/// <param name="MillisBehindLatest">How far the reader is behind the tip of the shard, in milliseconds.</param>
/// <param name="Stream">The stream, for the children of a shard that ended.</param>
/// <param name="ShardIndex">The shard.</param>
internal readonly record struct GetRecordsResponse(
    ReadPlan Plan,
    string? NextIterator,
    long MillisBehindLatest,
    StreamModel Stream,
    int ShardIndex)
{
    /// <summary>Writes the response.</summary>
    public ValueTask WriteAsync(Exchange exchange)
    {
        if (exchange.IsCbor)
        {
            return new(SendCborAsync(exchange));
        }

        var response = exchange.Response;
        response.StartObject();
        response.StartArray("Records"u8);
        response.WriteRecords(Plan);
        response.EndArray();
        WriteTail(response);
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    private void WriteTail(ResponseWriter response)
    {
        response.WriteInteger("MillisBehindLatest"u8, MillisBehindLatest);
        if (NextIterator is not null)
        {
            response.WriteText("NextShardIterator"u8, NextIterator);
        }
        else
        {
            response.WriteChildren(Stream, ShardIndex);
        }
    }

    private async Task SendCborAsync(Exchange exchange)
    {
        var buffer = exchange.Buffer;
        WriteHead(buffer, Plan.Count);
        var headLength = buffer.Length;
        WriteTail(exchange.Response);
        exchange.Response.EndObject();

        exchange.IsResponseSent = true;
        exchange.Http.Response.ContentLength = buffer.Length + Plan.EncodedBytes;
        var body = exchange.Http.Response.BodyWriter;
        await body.WriteAsync(buffer.Written[..headLength], exchange.Aborted).ConfigureAwait(false);
        foreach (var run in Plan.Runs)
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
