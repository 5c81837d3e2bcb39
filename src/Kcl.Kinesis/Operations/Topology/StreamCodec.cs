using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Topology;

/// <summary>
/// The requests and responses of CreateStream, DeleteStream, DescribeStreamSummary and ListStreams. Members are in the order of the
/// service's model, as the AWS SDK for Java writes them.
/// </summary>
internal static class StreamCodec
{
    /// <summary>
    /// The prefix of tokens that this client creates, for servers that continue a list after a name. Names have no colon, and tokens of the
    /// service have another prefix.
    /// </summary>
    public const string AfterNamePrefix = "after-name:";

    private const int MaxRetentionHours = 1_000_000;

    /// <summary>Writes CreateStream.</summary>
    public static ReadOnlyMemory<byte> WriteCreate(WireFormat format, StreamName name, int shardCount)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteText("StreamName"u8, name.Value);
        writer.WriteInteger("ShardCount"u8, shardCount);
        writer.WriteName("StreamModeDetails"u8);
        writer.StartMap();
        writer.WriteText("StreamMode"u8, "PROVISIONED");
        writer.EndMap();
        return writer.End();
    }

    /// <summary>Writes DeleteStream.</summary>
    public static ReadOnlyMemory<byte> WriteDelete(WireFormat format, StreamIdentifier stream, bool enforceConsumerDeletion)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        if (enforceConsumerDeletion)
        {
            writer.WriteName("EnforceConsumerDeletion"u8);
            writer.WriteBoolean(true);
        }

        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Writes DescribeStreamSummary.</summary>
    public static ReadOnlyMemory<byte> WriteDescribe(WireFormat format, StreamIdentifier stream)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteStreamName(stream);
        writer.WriteStreamArn(stream);
        return writer.End();
    }

    /// <summary>Writes ListStreams.</summary>
    public static ReadOnlyMemory<byte> WriteList(WireFormat format, ListStreamsRequest request)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteOptionalInteger("Limit"u8, request.Limit);
        if (request.NextToken is { } token && token.StartsWith(AfterNamePrefix, StringComparison.Ordinal))
        {
            writer.WriteText("ExclusiveStartStreamName"u8, token[AfterNamePrefix.Length..]);
        }
        else
        {
            writer.WriteOptionalText("NextToken"u8, request.NextToken);
        }

        return writer.End();
    }

    /// <summary>Reads the response of DescribeStreamSummary.</summary>
    public static StreamDescriptionSummary ReadSummary(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        StreamDescriptionSummary? summary = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StreamDescriptionSummary"u8))
            {
                summary = ReadSummary(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return summary ?? throw ResponseMembers.Missing("StreamDescriptionSummary");
    }

    /// <summary>Reads the response of ListStreams.</summary>
    public static ListStreamsPage ReadList(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var names = new List<StreamName>();
        string? token = null;
        var more = false;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StreamNames"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    names.Add(ResponseMembers.ParseStreamName(reader.ReadText()));
                }
            }
            else if (name.SequenceEqual("NextToken"u8))
            {
                token = reader.ReadOptionalText();
            }
            else if (name.SequenceEqual("HasMoreStreams"u8))
            {
                more = reader.ReadBoolean();
            }
            else
            {
                reader.Skip();
            }
        }

        // Servers that send no tokens continue a list after the last name.
        return new() { StreamNames = names, NextToken = more && token is null && names.Count > 0 ? AfterNamePrefix + names[^1] : token };
    }

    private static StreamDescriptionSummary ReadSummary(ref WireReader reader)
    {
        StreamName? streamName = null;
        StreamArn? arn = null;
        StreamStatus? status = null;
        long hours = 24;
        long created = 0;
        long open = 0;
        var distribution = RecordDistributionStrategy.UserPartitionKey;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StreamName"u8))
            {
                streamName = ResponseMembers.ParseStreamName(reader.ReadText());
            }
            else if (name.SequenceEqual("StreamARN"u8))
            {
                arn = StreamArn.TryParse(reader.ReadOptionalText(), out var parsed) ? parsed : null;
            }
            else if (name.SequenceEqual("StreamStatus"u8))
            {
                status = WireNames.ParseStreamStatus(reader.ReadText());
            }
            else if (name.SequenceEqual("RetentionPeriodHours"u8))
            {
                hours = reader.ReadInteger();
            }
            else if (name.SequenceEqual("StreamCreationTimestamp"u8))
            {
                created = reader.TryReadNull() ? 0 : reader.ReadInstant();
            }
            else if (name.SequenceEqual("OpenShardCount"u8))
            {
                open = reader.ReadInteger();
            }
            else if (name.SequenceEqual("RecordDistributionStrategy"u8))
            {
                distribution = WireNames.ParseRecordDistribution(reader.ReadOptionalText());
            }
            else
            {
                reader.Skip();
            }
        }

        if (hours is < 0 or > MaxRetentionHours || open is < 0 or > int.MaxValue)
        {
            throw new FormatException("a number is out of range");
        }

        return new()
        {
            StreamName = streamName ?? throw ResponseMembers.Missing("StreamName"),
            StreamArn = arn,
            Status = status ?? throw ResponseMembers.Missing("StreamStatus"),
            RetentionPeriod = TimeSpan.FromHours(hours),
            CreationTimestamp = DateTimeOffset.FromUnixTimeMilliseconds(created),
            OpenShardCount = (int)open,
            RecordDistribution = distribution,
        };
    }
}
