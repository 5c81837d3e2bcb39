using Kcl.Kinesis.Wire;

namespace Kcl.Kinesis.FanOut;

/// <summary>Writes and reads what is said about consumers.</summary>
internal static class ConsumerMessages
{
    public static ReadOnlyMemory<byte> ByName(WireFormat format, StreamArn stream, string consumerName)
    {
        var writer = RequestWriter.Start(format, out var output);
        RequestWriter.Text(ref writer, "StreamARN"u8, stream.Value);
        RequestWriter.Text(ref writer, "ConsumerName"u8, consumerName);
        return RequestWriter.End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> ByArn(WireFormat format, ConsumerArn consumer)
    {
        var writer = RequestWriter.Start(format, out var output);
        RequestWriter.Text(ref writer, "ConsumerARN"u8, consumer.Value);
        return RequestWriter.End(ref writer, output);
    }

    public static ReadOnlyMemory<byte> List(WireFormat format, StreamArn stream, string? nextToken, int? limit)
    {
        var writer = RequestWriter.Start(format, out var output);
        RequestWriter.Text(ref writer, "StreamARN"u8, stream.Value);
        RequestWriter.OptionalText(ref writer, "NextToken"u8, nextToken);
        RequestWriter.OptionalInteger(ref writer, "MaxResults"u8, limit);
        return RequestWriter.End(ref writer, output);
    }

    /// <summary>Writes a subscription, which every SDK writes in JSON.</summary>
    public static ReadOnlyMemory<byte> Subscribe(SubscribeToShardRequest request)
    {
        var writer = RequestWriter.Start(WireFormat.Json, out var output);
        RequestWriter.Text(ref writer, "ConsumerARN"u8, request.ConsumerArn.Value);
        RequestWriter.Text(ref writer, "ShardId"u8, request.ShardId.Value);
        writer.Name("StartingPosition"u8);
        writer.StartMap();
        RequestWriter.Text(ref writer, "Type"u8, Names.Of(request.Position.Type));
        RequestWriter.OptionalText(ref writer, "SequenceNumber"u8, request.Position.SequenceNumber?.ToString());
        RequestWriter.OptionalInstant(ref writer, request.Position.Timestamp);
        writer.EndMap();
        return RequestWriter.End(ref writer, output);
    }

    /// <summary>Reads the answer of registering or describing.</summary>
    /// <param name="member">The member the consumer is in.</param>
    /// <param name="body">The answer.</param>
    /// <param name="format">How it is written.</param>
    public static StreamConsumer One(ReadOnlySpan<byte> member, ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        StreamConsumer? consumer = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual(member))
            {
                consumer = Consumer(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return consumer ?? throw Responses.Missing("the consumer");
    }

    public static ListStreamConsumersPage Page(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var consumers = new List<StreamConsumer>();
        string? token = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("Consumers"u8) && !reader.TryReadNull())
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    consumers.Add(Consumer(ref reader));
                }
            }
            else if (name.SequenceEqual("NextToken"u8))
            {
                token = reader.ReadOptionalText();
            }
            else if (!name.SequenceEqual("Consumers"u8))
            {
                reader.Skip();
            }
        }

        return new(consumers, string.IsNullOrEmpty(token) ? null : token);
    }

    private static StreamConsumer Consumer(ref WireReader reader)
    {
        string? consumerName = null;
        ConsumerArn? arn = null;
        StreamConsumerStatus? status = null;
        long created = 0;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ConsumerName"u8))
            {
                consumerName = reader.ReadText();
            }
            else if (name.SequenceEqual("ConsumerARN"u8))
            {
                arn = ConsumerArn.Parse(reader.ReadText());
            }
            else if (name.SequenceEqual("ConsumerStatus"u8))
            {
                status = reader.ReadText() switch
                {
                    "CREATING" => StreamConsumerStatus.Creating,
                    "DELETING" => StreamConsumerStatus.Deleting,
                    "ACTIVE" => StreamConsumerStatus.Active,
                    var word => throw new FormatException($"'{word}' is not the status of a consumer"),
                };
            }
            else if (name.SequenceEqual("ConsumerCreationTimestamp"u8))
            {
                created = reader.TryReadNull() ? 0 : reader.ReadInstant();
            }
            else
            {
                reader.Skip();
            }
        }

        return new(
            consumerName ?? throw Responses.Missing("ConsumerName"),
            arn ?? throw Responses.Missing("ConsumerARN"),
            status ?? throw Responses.Missing("ConsumerStatus"),
            DateTimeOffset.FromUnixTimeMilliseconds(created));
    }
}
