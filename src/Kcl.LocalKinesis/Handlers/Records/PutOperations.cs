using System.Globalization;
using System.Text;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>The operations that write records.</summary>
internal sealed class PutOperations(ServerContext context, StreamCatalog catalog)
{
    private const int MaxRecords = 500;
    private const long MaxBytes = 10 * 1024 * 1024;
    private const int MaxKeyLength = 256;
    private readonly RecordAppender _appender = new(context);

    public async ValueTask PutRecordAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var after = parameters.ReadOptionalDigits("SequenceNumberForOrdering", max: 129);
        var size = CheckRecord(parameters, out var hasKey);
        var now = context.Clock.Now;
        var (live, model) = catalog.Get(parameters.RequireStream(name), now);
        ThrowIfUnusable(model);
        ThrowIfTooLarge(model, size);
        if (!hasKey && !model.AutoDistribution)
        {
            _ = parameters.ReadRequiredValue("PartitionKey");
        }

        if (model.AutoDistribution && after is not null)
        {
            throw context.Errors.OrderingWithAutoDistribution(model.Name);
        }

        parameters.ThrowIfInvalid();
        var appended = AppendOne(exchange, live, model, after);
        if (!appended.IsStored)
        {
            throw context.Errors.ThroughputExceeded(ShardModel.IdOf(appended.ShardIndex), model.Name);
        }

        await catalog.SaveRecordsAsync(live, model, [appended.ShardIndex], now).ConfigureAwait(false);
    }

    public async ValueTask PutRecordsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var records = parameters.ReadRequiredValue("Records");
        var sizes = records is { } list ? CheckRecords(parameters, list) : default;
        var now = context.Clock.Now;
        var (live, model) = catalog.Get(parameters.RequireStream(name), now);
        ThrowIfUnusable(model);
        ThrowIfTooLarge(model, sizes.Largest);
        if (sizes.Total > MaxBytes)
        {
            throw ServiceErrors.RecordsTooLarge(MaxBytes);
        }

        if (!sizes.AllHaveKeys && !model.AutoDistribution)
        {
            foreach (var (index, record) in records!.Value.GetItems().Index())
            {
                _ = parameters.ItemOf("Records", index + 1, record).ReadRequiredValue("PartitionKey");
            }

            parameters.ThrowIfInvalid();
        }

        var shards = new SortedSet<int>();
        AppendAll(exchange, live, model, records!.Value, shards);
        await catalog.SaveRecordsAsync(live, model, shards, now).ConfigureAwait(false);
    }

    private static RecordSizes CheckRecords(Parameters parameters, RequestValue records)
    {
        if (records.Kind == RequestKind.Array && records.Count is < 1 or > MaxRecords)
        {
            var constraint = records.Count < 1 ? "greater than or equal to 1" : $"less than or equal to {MaxRecords}";
            parameters.AddViolation($"[{records.Count} records]", "Records", $"Member must have length {constraint}");
            parameters.ThrowIfInvalid();
        }

        var sizes = new RecordSizes(0, 0, AllHaveKeys: true);
        var number = 0;
        foreach (var record in records.GetItems())
        {
            number++;
            var size = CheckRecord(parameters.ItemOf("Records", number, record), out var hasKey);
            sizes = new(sizes.Total + size, Math.Max(sizes.Largest, size), sizes.AllHaveKeys && hasKey);
        }

        return sizes;
    }

    // Checks the constraints of the service's model on one record, and returns its size: payload and partition key. Whether a record needs
    // a key depends on the stream, so the caller checks that.
    private static int CheckRecord(Parameters record, out bool hasKey)
    {
        var key = record.ReadOptionalText("PartitionKey", max: MaxKeyLength);
        hasKey = key is not null;
        var hashKey = record.ReadOptionalDigits("ExplicitHashKey", max: 39);
        if (hashKey is not null && !UInt128.TryParse(hashKey, CultureInfo.InvariantCulture, out _))
        {
            record.ThrowIfInvalid();
            throw ServiceErrors.InvalidExplicitHashKey(hashKey);
        }

        if (record.ReadRequiredValue("Data") is not { } data)
        {
            return 0;
        }

        var length = data.GetPayloadLength();
        if (length > MaxBytes)
        {
            record.AddViolation($"[{length} bytes]", "Data", $"Member must have length less than or equal to {MaxBytes}");
        }

        return length + (key is null ? 0 : Encoding.UTF8.GetByteCount(key));
    }

    private void ThrowIfUnusable(StreamModel model)
    {
        if (model.Status is StreamStatus.Creating or StreamStatus.Deleting)
        {
            throw context.Errors.StreamNotFound(model.Name);
        }
    }

    private static void ThrowIfTooLarge(StreamModel model, int size)
    {
        if (size > model.MaxRecordSizeInKiB * 1024)
        {
            throw ServiceErrors.RecordTooLarge(model.Name, size, model.MaxRecordSizeInKiB);
        }
    }

    private AppendResult AppendOne(Exchange exchange, LiveStream live, StreamModel model, string? after)
    {
        Span<byte> digits = stackalloc byte[SequenceParts.Digits];
        byte[] buffer = [];
        var record = exchange.Request;
        if (after is not null)
        {
            _appender.ThrowIfNotEarlier(live, model, after, record);
        }

        var appended = _appender.Append(live, model, record, ref buffer, digits);
        if (appended.IsStored)
        {
            var response = exchange.Response;
            response.StartObject();
            WriteStored(response, appended, digits);
            WriteEncryption(response, model);
            response.EndObject();
        }

        return appended;
    }

    private void AppendAll(Exchange exchange, LiveStream live, StreamModel model, RequestValue records, SortedSet<int> shards)
    {
        Span<byte> digits = stackalloc byte[SequenceParts.Digits];
        byte[] buffer = [];
        var failed = 0;
        var response = exchange.Response;
        response.StartObject();
        response.StartArray("Records"u8);
        foreach (var record in records.GetItems())
        {
            var appended = _appender.Append(live, model, record, ref buffer, digits);
            response.StartObject();
            if (appended.IsStored)
            {
                shards.Add(appended.ShardIndex);
                WriteStored(response, appended, digits);
            }
            else
            {
                failed++;
                var error = context.Errors.ThroughputExceeded(ShardModel.IdOf(appended.ShardIndex), model.Name);
                response.WriteText("ErrorCode"u8, error.Type);
                response.WriteText("ErrorMessage"u8, error.Message);
            }

            response.EndObject();
        }

        response.EndArray();
        response.WriteInteger("FailedRecordCount"u8, failed);
        WriteEncryption(response, model);
        response.EndObject();
    }

    private static void WriteStored(ResponseWriter response, AppendResult appended, ReadOnlySpan<byte> sequenceNumber)
    {
        response.WriteText("ShardId"u8, ShardModel.IdOf(appended.ShardIndex));
        response.WriteText("SequenceNumber"u8, sequenceNumber);
    }

    private static void WriteEncryption(ResponseWriter response, StreamModel model)
    {
        if (model.KeyId is not null)
        {
            response.WriteText("EncryptionType"u8, "KMS"u8);
        }
    }

    /// <summary>The sizes of the records of a request.</summary>
    /// <param name="Total">The size of all records, in bytes.</param>
    /// <param name="Largest">The size of the largest record, in bytes.</param>
    /// <param name="AllHaveKeys">True if all records have a partition key.</param>
    private readonly record struct RecordSizes(long Total, int Largest, bool AllHaveKeys);
}
