namespace Kcl.Kinesis.Wire;

/// <summary>Reads the responses of the control plane and of puts. Members nobody knows are stepped over; what a member has to be and isn't is a <see cref="FormatException"/>.</summary>
internal static class Responses
{
    public static StreamDescriptionSummary DescribeStreamSummary(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        StreamDescriptionSummary? summary = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("StreamDescriptionSummary"u8))
            {
                summary = Summary(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return summary ?? throw Missing("StreamDescriptionSummary");
    }

    public static ListStreamsPage ListStreams(ReadOnlyMemory<byte> body, WireFormat format)
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
                    names.Add(StreamName(reader.ReadText()));
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

        // Servers without tokens go on after the last name.
        return new(names, more && token is null && names.Count > 0 ? Requests.AfterName + names[^1] : token);
    }

    public static ListShardsPage ListShards(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var shards = new List<Shard>();
        string? token = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("Shards"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    shards.Add(ShardReaders.Shard(ref reader));
                }
            }
            else if (name.SequenceEqual("NextToken"u8))
            {
                token = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return new(shards, string.IsNullOrEmpty(token) ? null : token);
    }

    public static string GetShardIterator(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        string? iterator = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardIterator"u8))
            {
                iterator = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return iterator ?? throw Missing("ShardIterator");
    }

    public static PutRecordResult PutRecord(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var entry = Entry(ref reader);
        return new(entry.ShardId ?? throw Missing("ShardId"), entry.SequenceNumber ?? throw Missing("SequenceNumber"));
    }

    public static List<PutRecordsResultEntry> PutRecords(ReadOnlyMemory<byte> body, WireFormat format)
    {
        var reader = new WireReader(body, format);
        var entries = new List<PutRecordsResultEntry>();
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("Records"u8))
            {
                var array = reader.ReadArray();
                while (reader.NextItem(ref array))
                {
                    var entry = Entry(ref reader);
                    entries.Add(entry.ErrorCode is not null || (entry.ShardId is not null && entry.SequenceNumber is not null) ? entry : throw Missing("SequenceNumber"));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return entries;
    }

    internal static FormatException Missing(string member) => new($"it lacks {member}");

    internal static StreamName StreamName(string text) => Valid(text, static value => new StreamName(value));

    internal static ShardId ShardId(string text) => Valid(text, static value => new ShardId(value));

    private static PutRecordsResultEntry Entry(ref WireReader reader)
    {
        ShardId? shardId = null;
        SequenceNumber? sequenceNumber = null;
        string? errorCode = null;
        string? errorMessage = null;
        var map = reader.ReadMap();
        while (reader.NextMember(ref map, out var name))
        {
            if (name.SequenceEqual("ShardId"u8))
            {
                shardId = reader.ReadOptionalText() is { } text ? ShardId(text) : null;
            }
            else if (name.SequenceEqual("SequenceNumber"u8))
            {
                sequenceNumber = reader.ReadOptionalText() is { } text ? SequenceNumber.Parse(text) : null;
            }
            else if (name.SequenceEqual("ErrorCode"u8))
            {
                errorCode = reader.ReadOptionalText();
            }
            else if (name.SequenceEqual("ErrorMessage"u8))
            {
                errorMessage = reader.ReadOptionalText();
            }
            else
            {
                reader.Skip();
            }
        }

        return new(shardId, sequenceNumber, errorCode, errorMessage);
    }

    private static StreamDescriptionSummary Summary(ref WireReader reader)
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
                streamName = StreamName(reader.ReadText());
            }
            else if (name.SequenceEqual("StreamARN"u8))
            {
                arn = StreamArn.TryParse(reader.ReadOptionalText(), out var parsed) ? parsed : null;
            }
            else if (name.SequenceEqual("StreamStatus"u8))
            {
                status = Names.StreamStatus(reader.ReadText());
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
                distribution = Names.RecordDistribution(reader.ReadOptionalText());
            }
            else
            {
                reader.Skip();
            }
        }

        if (hours is < 0 or > 1_000_000 || open is < 0 or > int.MaxValue)
        {
            throw new FormatException("a number is out of range");
        }

        return new(
            streamName ?? throw Missing("StreamName"),
            arn,
            status ?? throw Missing("StreamStatus"),
            TimeSpan.FromHours(hours),
            DateTimeOffset.FromUnixTimeMilliseconds(created),
            (int)open,
            distribution);
    }

    private static T Valid<T>(string text, Func<string, T> make)
    {
        try
        {
            return make(text);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
