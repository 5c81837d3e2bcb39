using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Consumers;

/// <summary>The requests and responses of the operations that register, describe, list and remove consumers.</summary>
internal static class ConsumerCodec
{
    /// <summary>Writes a request that identifies a consumer by name.</summary>
    public static ReadOnlyMemory<byte> WriteByName(WireFormat format, StreamArn stream, string consumerName)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteText("StreamARN"u8, stream.Value);
        writer.WriteText("ConsumerName"u8, consumerName);
        return writer.End();
    }

    /// <summary>Writes a request that identifies a consumer by ARN.</summary>
    public static ReadOnlyMemory<byte> WriteByArn(WireFormat format, ConsumerArn consumer)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteText("ConsumerARN"u8, consumer.Value);
        return writer.End();
    }

    /// <summary>Writes ListStreamConsumers.</summary>
    public static ReadOnlyMemory<byte> WriteList(WireFormat format, ListStreamConsumersRequest request)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteText("StreamARN"u8, request.Stream.Value);
        writer.WriteOptionalText("NextToken"u8, request.NextToken);
        writer.WriteOptionalInteger("MaxResults"u8, request.MaxResults);
        return writer.End();
    }

    /// <summary>Reads the response of registering or describing.</summary>
    /// <param name="member">The member that holds the consumer.</param>
    /// <param name="body">The response.</param>
    /// <param name="format">Its format.</param>
    public static StreamConsumer ReadOne(ReadOnlySpan<byte> member, ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        StreamConsumer? consumer = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual(member))
            {
                consumer = ReadConsumer(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return consumer ?? throw ResponseMembers.Missing("the consumer");
    }

    /// <summary>Reads the response of ListStreamConsumers.</summary>
    public static ListStreamConsumersPage ReadPage(ReadOnlyMemory<byte> body, WireFormat format)
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
                    consumers.Add(ReadConsumer(ref reader));
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

        return new() { Consumers = consumers, NextToken = string.IsNullOrEmpty(token) ? null : token };
    }

    private static StreamConsumer ReadConsumer(ref WireReader reader)
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
                status = WireNames.ParseConsumerStatus(reader.ReadText());
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

        return new()
        {
            Name = consumerName ?? throw ResponseMembers.Missing("ConsumerName"),
            Arn = arn ?? throw ResponseMembers.Missing("ConsumerARN"),
            Status = status ?? throw ResponseMembers.Missing("ConsumerStatus"),
            CreationTimestamp = DateTimeOffset.FromUnixTimeMilliseconds(created),
        };
    }
}
