using System.Globalization;
using System.Text;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>The operations that write records.</summary>
internal sealed class PutOperations(StreamCatalog catalog)
{
    private const int MostRecords = 500;
    private const long MostBytes = 10 * 1024 * 1024;
    private const int KeyCharacters = 256;

    public async ValueTask PutRecordAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var after = parameters.Digits("SequenceNumberForOrdering", false, 129);
        var size = Check(parameters, parameters.Root, "", out _);
        var now = catalog.Clock.Now;
        var (entry, model) = catalog.Require(parameters, name, now);
        RequireUsable(model);
        RequireSize(model, size);
        RequireKey(model, parameters, parameters.Root, "");
        if (model.AutoDistribution && after is not null)
        {
            throw ServiceException.InvalidArgument(
                $"SequenceNumberForOrdering must not be specified for stream {model.Name} under account {catalog.Account}, "
                + "whose RecordDistributionStrategy is AUTO.");
        }

        parameters.ThrowIfInvalid();
        var stored = Append(exchange, entry, model, parameters.Root, after);
        if (!stored.IsStored)
        {
            throw ServiceException.Throttled(Throttled(stored.ShardIndex, model));
        }

        await KeepAsync(entry, model, [stored.ShardIndex], now).ConfigureAwait(false);
    }

    public async ValueTask PutRecordsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var records = parameters.Member("Records", true);
        long total = 0;
        var largest = 0;
        var allHaveKeys = true;
        if (records is { } list)
        {
            if (list.Kind == RequestKind.Array && list.Count is < 1 or > MostRecords)
            {
                parameters.Violation($"[{list.Count} records]", "records", list.Count < 1 ? "Member must have length greater than or equal to 1" : $"Member must have length less than or equal to {MostRecords}");
                parameters.ThrowIfInvalid();
            }

            var number = 0;
            foreach (var record in list.Items())
            {
                number++;
                var path = string.Create(CultureInfo.InvariantCulture, $"records.{number}.member.");
                var size = Check(parameters, record, path, out var hasKey);
                allHaveKeys &= hasKey;
                total += size;
                largest = Math.Max(largest, size);
            }
        }

        var now = catalog.Clock.Now;
        var (entry, model) = catalog.Require(parameters, name, now);
        RequireUsable(model);
        RequireSize(model, largest);
        if (total > MostBytes)
        {
            throw ServiceException.InvalidArgument($"Records size exceeds {MostBytes / 1024 / 1024} MB limit");
        }

        if (!allHaveKeys)
        {
            foreach (var (index, record) in records!.Value.Items().Index())
            {
                RequireKey(model, parameters, record, string.Create(CultureInfo.InvariantCulture, $"records.{index + 1}.member."));
            }

            parameters.ThrowIfInvalid();
        }

        var touched = new SortedSet<int>();
        Append(exchange, entry, model, records!.Value, touched);
        await KeepAsync(entry, model, touched, now).ConfigureAwait(false);
    }

    // Waits until what was appended would survive, and lets go of what has expired: nobody may ever read these shards.
    private Task KeepAsync(LiveStream entry, StreamModel model, IReadOnlyCollection<int> touched, long now)
    {
        foreach (var index in touched)
        {
            _ = catalog.Expire(model, entry.Shard(index).Log, now);
        }

        return catalog.Store.IsDurable
            ? Task.WhenAll(touched.Select(index => catalog.Store.SaveAsync(model.Generation, entry.Shard(index).Log)))
            : Task.CompletedTask;
    }

    // Only the stream says whether a record needs a key.
    private static void RequireKey(StreamModel model, Parameters parameters, RequestValue record, string path)
    {
        if (!model.AutoDistribution && !record.TryGet("PartitionKey"u8, out _))
        {
            parameters.Violation(null, path + "partitionKey", "Member must not be null");
        }
    }

    // Reads what the service's model says of one record, and returns its size: payload and partition key.
    private static int Check(Parameters parameters, RequestValue record, string path, out bool hasKey)
    {
        var key = parameters.TextOf(record, "PartitionKey", path + "partitionKey", false, 1, KeyCharacters);
        hasKey = key is not null;
        var hashKey = parameters.Digits(record, "ExplicitHashKey", path + "explicitHashKey", false, 39);
        if (hashKey is not null && !UInt128.TryParse(hashKey, CultureInfo.InvariantCulture, out _))
        {
            parameters.ThrowIfInvalid();
            throw ServiceException.InvalidArgument($"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {hashKey}");
        }

        if (!record.TryGet("Data"u8, out var data))
        {
            parameters.Violation(null, path + "data", "Member must not be null");
            return 0;
        }

        var length = data.PayloadLength();
        if (length > MostBytes)
        {
            parameters.Violation($"[{length} bytes]", path + "data", $"Member must have length less than or equal to {MostBytes}");
        }

        return length + (key is null ? 0 : Encoding.UTF8.GetByteCount(key));
    }

    private void RequireUsable(StreamModel model)
    {
        if (model.Status is "CREATING" or "DELETING")
        {
            throw catalog.NotFound(model.Name);
        }
    }

    private static void RequireSize(StreamModel model, int size)
    {
        if (size > model.MaxRecordSizeInKiB * 1024)
        {
            throw ServiceException.InvalidArgument($"Record of {size} bytes (data and partition key) exceeds the limit of {model.MaxRecordSizeInKiB} KiB per record of stream {model.Name}");
        }
    }

    private string Throttled(int shardIndex, StreamModel model) => $"Rate exceeded for shard {ShardModel.IdOf(shardIndex)} in stream {model.Name} under account {catalog.Account}.";

    private Stored Append(Exchange exchange, LiveStream entry, StreamModel model, RequestValue record, string? after)
    {
        Span<byte> digits = stackalloc byte[SequenceParts.Digits];
        byte[] buffer = [];
        if (after is not null)
        {
            RequireEarlier(entry, model, after, HashKey(record));
        }

        var stored = Append(entry, model, record, ref buffer, digits);
        if (stored.IsStored)
        {
            var json = exchange.Out;
            json.StartObject();
            json.Text("ShardId"u8, ShardModel.IdOf(stored.ShardIndex));
            json.Text("SequenceNumber"u8, digits);
            WriteEncryption(json, model);
            json.EndObject();
        }

        return stored;
    }

    private void Append(Exchange exchange, LiveStream entry, StreamModel model, RequestValue records, SortedSet<int> touched)
    {
        Span<byte> digits = stackalloc byte[SequenceParts.Digits];
        byte[] buffer = [];
        var failed = 0;
        var json = exchange.Out;
        json.StartObject();
        json.StartArray("Records"u8);
        foreach (var record in records.Items())
        {
            var stored = Append(entry, model, record, ref buffer, digits);
            json.StartObject();
            if (stored.IsStored)
            {
                touched.Add(stored.ShardIndex);
                json.Text("ShardId"u8, ShardModel.IdOf(stored.ShardIndex));
                json.Text("SequenceNumber"u8, digits);
            }
            else
            {
                failed++;
                json.Text("ErrorCode"u8, "ProvisionedThroughputExceededException"u8);
                json.Text("ErrorMessage"u8, Throttled(stored.ShardIndex, model));
            }

            json.EndObject();
        }

        json.EndArray();
        json.Integer("FailedRecordCount"u8, failed);
        WriteEncryption(json, model);
        json.EndObject();
    }

    private static void WriteEncryption(ResponseWriter json, StreamModel model)
    {
        if (model.KeyId is not null)
        {
            json.Text("EncryptionType"u8, "KMS"u8);
        }
    }

    private Stored Append(LiveStream entry, StreamModel model, RequestValue record, ref byte[] buffer, Span<byte> digits)
    {
        var key = record.TryGet("PartitionKey"u8, out var given) ? given.Utf8() : default;
        _ = record.TryGet("Data"u8, out var data);
        var payload = data.Payload(ref buffer);

        // Either the key says which shard takes the record, or it is the next one's turn.
        var hashKey = model.AutoDistribution ? default : HashKey(record);
        var turn = model.AutoDistribution ? entry.NextTurn() : 0;
        while (true)
        {
            var now = catalog.Clock.Now;
            if (entry.Current(now) is null)
            {
                throw catalog.NotFound(entry.Written.Name);
            }

            var routing = entry.RoutingAt(now);
            var index = model.AutoDistribution ? routing.ShardAt(turn) : routing.ShardOf(hashKey);
            var shard = entry.Shard(index);
            if (shard.Throughput is { } throughput && !throughput.TryWrite(key.Length + payload.Length, now))
            {
                return new(index, false);
            }

            if (shard.Log.TryAppend(key, payload.Span, digits))
            {
                return new(index, true);
            }

            // The shard ended between the two readings of the clock: its children take the record.
        }
    }

    private static UInt128 HashKey(RequestValue record)
    {
        if (record.TryGet("ExplicitHashKey"u8, out var explicitKey))
        {
            return UInt128.Parse(explicitKey.Utf8(), CultureInfo.InvariantCulture);
        }

        _ = record.TryGet("PartitionKey"u8, out var key);
        return PartitionKeyHash.Compute(key.Utf8());
    }

    private void RequireEarlier(LiveStream entry, StreamModel model, string after, UInt128 hashKey)
    {
        var now = catalog.Clock.Now;
        var shard = model.Shards[entry.RoutingAt(now).ShardOf(hashKey)];
        var ok = SequenceParts.TryParse(after, out var parts)
            && parts.Second <= now / 1000
            && (parts.ShardIndex == (uint)shard.Index
                ? parts.CreateSecond == shard.CreateSecond && parts.Index < (ulong)long.MaxValue && (long)parts.Index < entry.Shard(shard.Index).Log.Latest
                : parts.CreateSecond <= shard.CreateSecond);
        if (!ok)
        {
            throw ServiceException.InvalidArgument($"ExclusiveMinimumSequenceNumber {after} used in PutRecord on stream {model.Name} under account {catalog.Account} is invalid because it did not come from this stream.");
        }
    }

    private readonly record struct Stored(int ShardIndex, bool IsStored);
}
