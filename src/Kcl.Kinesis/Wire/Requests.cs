using static Kcl.Kinesis.Wire.RequestWriter;

namespace Kcl.Kinesis.Wire;

/// <summary>Writes the request of each operation; members in the order of the service's model, as the AWS SDK for Java writes them.</summary>
internal static class Requests
{
    /// <summary>Begins a token of our own, for servers that list streams by last name: no name has a colon, and the service's tokens don't begin so.</summary>
    public const string AfterName = "after-name:";

    private const int PerRecord = 96; // names, lengths and a hash key

    public static ReadOnlyMemory<byte> CreateStream(WireFormat format, StreamName name, int shardCount)
    {
        var writer = Start(format, out var output);
        Text(ref writer, "StreamName"u8, name.Value);
        Integer(ref writer, "ShardCount"u8, shardCount);
        writer.Name("StreamModeDetails"u8);
        writer.StartMap();
        Text(ref writer, "StreamMode"u8, "PROVISIONED");
        writer.EndMap();
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> DeleteStream(WireFormat format, StreamIdentifier stream, bool enforceConsumerDeletion)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        if (enforceConsumerDeletion)
        {
            writer.Name("EnforceConsumerDeletion"u8);
            writer.Boolean(true);
        }

        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> OfStream(WireFormat format, StreamIdentifier stream)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> ListStreams(WireFormat format, string? nextToken, int? limit)
    {
        var writer = Start(format, out var output);
        OptionalInteger(ref writer, "Limit"u8, limit);
        if (nextToken?.StartsWith(AfterName, StringComparison.Ordinal) == true)
        {
            Text(ref writer, "ExclusiveStartStreamName"u8, nextToken[AfterName.Length..]);
        }
        else
        {
            OptionalText(ref writer, "NextToken"u8, nextToken);
        }

        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> ListShards(WireFormat format, ListShardsRequest request)
    {
        // The service refuses a token that comes with a stream or a filter.
        var first = request.NextToken is null;
        var writer = Start(format, out var output);
        if (first)
        {
            Name(ref writer, request.Stream);
        }

        OptionalText(ref writer, "NextToken"u8, request.NextToken);
        OptionalInteger(ref writer, "MaxResults"u8, request.MaxResults);
        if (first && request.Filter is { } filter)
        {
            writer.Name("ShardFilter"u8);
            writer.StartMap();
            Text(ref writer, "Type"u8, Names.Of(filter.Type));
            OptionalText(ref writer, "ShardId"u8, filter.ShardId?.Value);
            OptionalInstant(ref writer, filter.Timestamp);
            writer.EndMap();
        }

        if (first)
        {
            Arn(ref writer, request.Stream);
        }

        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> GetShardIterator(WireFormat format, StreamIdentifier stream, ShardId shardId, StartingPosition position)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        Text(ref writer, "ShardId"u8, shardId.Value);
        Text(ref writer, "ShardIteratorType"u8, Names.Of(position.Type));
        OptionalText(ref writer, "StartingSequenceNumber"u8, position.SequenceNumber?.ToString());
        OptionalInstant(ref writer, position.Timestamp);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> GetRecords(WireFormat format, GetRecordsRequest request)
    {
        var writer = Start(format, out var output);
        Text(ref writer, "ShardIterator"u8, request.ShardIterator);
        OptionalInteger(ref writer, "Limit"u8, request.Limit);
        Arn(ref writer, request.Stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> PutRecord(WireFormat format, StreamIdentifier stream, PutRecordEntry record)
    {
        var writer = Start(format, out var output, Size(format, record));
        Name(ref writer, stream);
        Record(ref writer, record, keyFirst: true);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> PutRecords(WireFormat format, StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records)
    {
        var size = 0;
        for (var i = 0; i < records.Count; i++)
        {
            size += Size(format, records[i]);
        }

        var writer = Start(format, out var output, size);
        writer.Name("Records"u8);
        writer.StartArray();
        for (var i = 0; i < records.Count; i++)
        {
            writer.StartMap();
            Record(ref writer, records[i], keyFirst: false);
            writer.EndMap();
        }

        writer.EndArray();
        Name(ref writer, stream);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> SplitShard(WireFormat format, StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        Text(ref writer, "ShardToSplit"u8, shardToSplit.Value);
        writer.Name("NewStartingHashKey"u8);
        writer.Text(newStartingHashKey);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> MergeShards(WireFormat format, StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        Text(ref writer, "ShardToMerge"u8, shardToMerge.Value);
        Text(ref writer, "AdjacentShardToMerge"u8, adjacentShardToMerge.Value);
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> UpdateShardCount(WireFormat format, StreamIdentifier stream, int targetShardCount)
    {
        var writer = Start(format, out var output);
        Name(ref writer, stream);
        Integer(ref writer, "TargetShardCount"u8, targetShardCount);
        Text(ref writer, "ScalingType"u8, "UNIFORM_SCALING");
        Arn(ref writer, stream);
        return End(ref writer, output);
    }

    private static int Size(WireFormat format, PutRecordEntry record) =>
        PerRecord
        + (record.PartitionKey?.Length ?? 0)
        + (format == WireFormat.Json ? System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(record.Data.Length) : record.Data.Length);

    private static void Record(ref WireWriter writer, PutRecordEntry record, bool keyFirst)
    {
        // The model has the two optional members the other way round in the two operations.
        writer.Name("Data"u8);
        writer.Bytes(record.Data.Span);
        if (keyFirst)
        {
            OptionalText(ref writer, "PartitionKey"u8, record.PartitionKey);
        }

        if (record.ExplicitHashKey is { } hashKey)
        {
            writer.Name("ExplicitHashKey"u8);
            writer.Text(hashKey);
        }

        if (!keyFirst)
        {
            OptionalText(ref writer, "PartitionKey"u8, record.PartitionKey);
        }
    }
}
