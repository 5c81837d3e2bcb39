using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>The operations that change what a stream is set to.</summary>
internal sealed class SettingsOperations(StreamCatalog catalog, ShardOperations shards)
{
    private const int LeastHours = 24;
    private const int MostHours = 8760;

    public async ValueTask ChangeRetentionAsync(Exchange exchange, bool increase)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var hours = parameters.Integer("RetentionPeriodHours", true, int.MinValue) ?? 0;
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            shards.RequireActive(model);
            var problem = hours switch
            {
                < LeastHours => $"Minimum allowed retention period is {LeastHours} hours. Requested retention period ({hours} hours) is too short.",
                > MostHours => $"Maximum allowed retention period is {MostHours} hours. Requested retention period ({hours} hours) is too long.",
                _ when increase && hours < model.RetentionHours => $"Requested retention period ({hours} hours) for stream {model.Name} can not be shorter than existing retention period ({model.RetentionHours} hours). Use DecreaseRetentionPeriod API.",
                _ when !increase && hours > model.RetentionHours => $"Requested retention period ({hours} hours) for stream {model.Name} can not be longer than existing retention period ({model.RetentionHours} hours). Use IncreaseRetentionPeriod API.",
                _ => null,
            };
            return problem is null ? model with { RetentionHours = hours } : throw ServiceException.InvalidArgument(problem);
        }).ConfigureAwait(false);
    }

    public async ValueTask ChangeEncryptionAsync(Exchange exchange, bool start)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var type = parameters.Word(parameters.Root, "EncryptionType", "encryptionType", true, "NONE", "KMS");
        var keyId = parameters.Text("KeyId", true, 1, 2048);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        if (type != "KMS")
        {
            throw ServiceException.InvalidArgument("EncryptionType must be KMS.");
        }

        await catalog.ChangeAsync(entry, now, model =>
        {
            shards.RequireActive(model);
            return model with { KeyId = start ? keyId : null, Pending = new(ChangeKind.Settings, now + catalog.ChangeDelay) };
        }).ConfigureAwait(false);
    }

    public async ValueTask UpdateStreamModeAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var mode = parameters.Member("StreamModeDetails", true) is { } details
            ? parameters.Word(details, "StreamMode", "streamModeDetails.streamMode", true, "PROVISIONED", "ON_DEMAND")
            : null;
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            shards.RequireActive(model);
            RecordDistribution.RequireOnDemand(model.AutoDistribution, mode == "ON_DEMAND", model.Name);
            return model with { OnDemand = mode == "ON_DEMAND", Pending = new(ChangeKind.Settings, now + catalog.ChangeDelay) };
        }).ConfigureAwait(false);
    }

    public async ValueTask UpdateRecordDistributionAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;

        // Unlike other operations this one takes the stream's ARN only.
        var arn = parameters.Text("StreamARN", true, 1, 2048);
        var name = arn is null ? null : StreamCatalog.NameIn(parameters);
        var auto = RecordDistribution.Read(parameters, required: true);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            // At once, and while the stream is UPDATING too: which shards there are makes no difference to the strategy.
            if (model.Status is not "UPDATING")
            {
                shards.RequireActive(model);
            }

            RecordDistribution.RequireOnDemand(auto, model.OnDemand, model.Name);
            return model with { AutoDistribution = auto };
        }).ConfigureAwait(false);
    }

    public async ValueTask UpdateMaxRecordSizeAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var size = parameters.Integer("MaxRecordSizeInKiB", true, 1024, 10240) ?? 0;
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            shards.RequireActive(model);
            return model with { MaxRecordSizeInKiB = size, Pending = new(ChangeKind.Settings, now + catalog.ChangeDelay) };
        }).ConfigureAwait(false);
    }
}
