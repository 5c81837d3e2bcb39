using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Storage;

/// <summary>
/// Converts streams to and from JSON for the data file. Unknown members are ignored, and members of later versions are optional, so that
/// servers of different versions can read each other's files.
/// </summary>
internal static class StreamModelJson
{
    /// <summary>Converts a stream to JSON.</summary>
    public static byte[] Write(StreamModel model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            json.WriteNumber("generation", model.Generation);
            json.WriteNumber("createdAt", model.CreatedAt);
            json.WriteNumber("retentionHours", model.RetentionHours);
            json.WriteBoolean("onDemand", model.OnDemand);
            json.WriteBoolean("autoDistribution", model.AutoDistribution);
            json.WriteNumber("maxRecordSizeInKiB", model.MaxRecordSizeInKiB);
            json.WriteString("keyId", model.KeyId);
            json.WriteStartObject("tags");
            foreach (var (key, value) in model.Tags)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteStartArray("shards");
            foreach (var shard in model.Shards)
            {
                json.WriteStartObject();
                WriteKey(json, "start", shard.Range.Start);
                WriteKey(json, "end", shard.Range.End);
                json.WriteNumber("createSecond", shard.CreateSecond);
                json.WriteNumber("openedAt", shard.OpenedAt);
                WriteOptional(json, "closeSecond", shard.CloseSecond);
                WriteOptional(json, "parent", shard.Parent);
                WriteOptional(json, "adjacentParent", shard.AdjacentParent);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (model.Pending is { } pending)
            {
                json.WriteStartObject("pending");
                json.WriteString("kind", pending.Kind.ToString());
                json.WriteNumber("dueAt", pending.DueAt);
                json.WriteNumber("shard", pending.Shard);
                json.WriteNumber("adjacentShard", pending.AdjacentShard);
                WriteKey(json, "newStartingHashKey", pending.NewStartingHashKey);
                json.WriteNumber("targetShardCount", pending.TargetShardCount);
                json.WriteEndObject();
            }

            json.WriteStartArray("consumers");
            foreach (var consumer in model.Consumers)
            {
                json.WriteStartObject();
                json.WriteString("name", consumer.Name);
                json.WriteNumber("createdAt", consumer.CreatedAt);
                json.WriteNumber("activeAt", consumer.ActiveAt);
                WriteOptional(json, "goneAt", consumer.DeletedAt);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Converts JSON to a stream.</summary>
    /// <exception cref="FormatException">The JSON is not what <see cref="Write"/> writes.</exception>
    public static StreamModel Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            return new()
            {
                Name = json.GetProperty("name").GetString()!,
                Generation = json.GetProperty("generation").GetInt64(),
                CreatedAt = json.GetProperty("createdAt").GetInt64(),
                RetentionHours = json.GetProperty("retentionHours").GetInt32(),
                OnDemand = json.GetProperty("onDemand").GetBoolean(),
                AutoDistribution = json.TryGetProperty("autoDistribution", out var auto) && auto.GetBoolean(),
                MaxRecordSizeInKiB = json.GetProperty("maxRecordSizeInKiB").GetInt32(),
                KeyId = json.GetProperty("keyId").GetString(),
                Tags = json.GetProperty("tags").EnumerateObject()
                    .ToImmutableSortedDictionary(tag => tag.Name, tag => tag.Value.GetString()!, StringComparer.Ordinal),
                Shards = [.. json.GetProperty("shards").EnumerateArray().Select(ReadShard)],
                Pending = json.TryGetProperty("pending", out var pending) ? ReadPending(pending) : null,
                Consumers = [.. json.GetProperty("consumers").EnumerateArray().Select(consumer => new ConsumerModel(
                    consumer.GetProperty("name").GetString()!,
                    consumer.GetProperty("createdAt").GetInt64(),
                    consumer.GetProperty("activeAt").GetInt64(),
                    Optional(consumer, "goneAt")))],
            };
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
            or OverflowException or FormatException)
        {
            throw new FormatException($"the description of a stream cannot be read: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static ShardModel ReadShard(JsonElement json, int index) => new(
        index,
        new HashKeyRange(ReadKey(json, "start"), ReadKey(json, "end")),
        json.GetProperty("createSecond").GetInt64(),
        json.GetProperty("openedAt").GetInt64(),
        Optional(json, "closeSecond"),
        (int?)Optional(json, "parent"),
        (int?)Optional(json, "adjacentParent"));

    private static PendingChange ReadPending(JsonElement json) => new(
        Enum.Parse<ChangeKind>(json.GetProperty("kind").GetString()!),
        json.GetProperty("dueAt").GetInt64(),
        json.GetProperty("shard").GetInt32(),
        json.GetProperty("adjacentShard").GetInt32(),
        ReadKey(json, "newStartingHashKey"),
        json.GetProperty("targetShardCount").GetInt32());

    private static void WriteKey(Utf8JsonWriter json, string name, UInt128 key) =>
        json.WriteString(name, key.ToString(CultureInfo.InvariantCulture));

    private static UInt128 ReadKey(JsonElement json, string name) =>
        UInt128.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static void WriteOptional(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static long? Optional(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
