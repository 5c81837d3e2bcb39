using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The operations that change the settings of a stream. All times are in milliseconds since the Unix epoch.</summary>
internal sealed class SettingsOperations(ServerContext context, StreamCatalog catalog)
{
    private const int MinRetentionHours = 24;
    private const int MaxRetentionHours = 8760;

    public ValueTask IncreaseRetentionAsync(Exchange exchange) => ChangeRetentionAsync(exchange, increase: true);

    public ValueTask DecreaseRetentionAsync(Exchange exchange) => ChangeRetentionAsync(exchange, increase: false);

    public ValueTask StartEncryptionAsync(Exchange exchange) => ChangeEncryptionAsync(exchange, start: true);

    public ValueTask StopEncryptionAsync(Exchange exchange) => ChangeEncryptionAsync(exchange, start: false);

    public async ValueTask UpdateStreamModeAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var onDemand = StreamMode.ReadRequired(parameters);
        await ChangeAsync(parameters.RequireStream(name), (model, now) =>
        {
            context.ThrowIfNotActive(model);
            RecordDistribution.ThrowIfNotOnDemand(model.AutoDistribution, onDemand, model.Name);
            return model with { OnDemand = onDemand, Pending = Settings(now) };
        }).ConfigureAwait(false);
    }

    public async ValueTask UpdateRecordDistributionAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;

        // Unlike other operations, this one accepts only the stream's ARN.
        var name = parameters.ReadRequiredArn("StreamARN") is null ? null : parameters.ReadStreamName();
        var auto = RecordDistribution.ReadRequired(parameters);
        await ChangeAsync(parameters.RequireStream(name), (model, _) =>
        {
            // The change applies immediately, even while the stream is UPDATING, because the strategy does not depend on the shards.
            if (model.Status != StreamStatus.Updating)
            {
                context.ThrowIfNotActive(model);
            }

            RecordDistribution.ThrowIfNotOnDemand(auto, model.OnDemand, model.Name);
            return model with { AutoDistribution = auto };
        }).ConfigureAwait(false);
    }

    public async ValueTask UpdateMaxRecordSizeAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var size = parameters.ReadRequiredInteger("MaxRecordSizeInKiB", 1024, 10240);
        await ChangeAsync(parameters.RequireStream(name), (model, now) =>
        {
            context.ThrowIfNotActive(model);
            return model with { MaxRecordSizeInKiB = size, Pending = Settings(now) };
        }).ConfigureAwait(false);
    }

    private async ValueTask ChangeRetentionAsync(Exchange exchange, bool increase)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var hours = parameters.ReadRequiredInteger("RetentionPeriodHours", int.MinValue);
        await ChangeAsync(parameters.RequireStream(name), (model, _) =>
        {
            context.ThrowIfNotActive(model);
            var current = model.RetentionHours;
            return hours switch
            {
                < MinRetentionHours => throw ServiceErrors.RetentionTooShort(hours, MinRetentionHours),
                > MaxRetentionHours => throw ServiceErrors.RetentionTooLong(hours, MaxRetentionHours),
                _ when increase && hours < current => throw ServiceErrors.RetentionIsNoIncrease(model.Name, hours, current),
                _ when !increase && hours > current => throw ServiceErrors.RetentionIsNoDecrease(model.Name, hours, current),
                _ => model with { RetentionHours = hours },
            };
        }).ConfigureAwait(false);
    }

    private async ValueTask ChangeEncryptionAsync(Exchange exchange, bool start)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var type = parameters.ReadRequiredOneOf("EncryptionType", "NONE", "KMS");
        var keyId = parameters.ReadRequiredText("KeyId", max: 2048);
        await ChangeAsync(parameters.RequireStream(name), (model, now) =>
        {
            if (type != "KMS")
            {
                throw ServiceErrors.EncryptionTypeMustBeKms();
            }

            context.ThrowIfNotActive(model);
            return model with { KeyId = start ? keyId : null, Pending = Settings(now) };
        }).ConfigureAwait(false);
    }

    private Task<StreamModel> ChangeAsync(string name, Func<StreamModel, long, StreamModel> change)
    {
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(name, now);
        return catalog.ChangeAsync(live, now, model => change(model, now));
    }

    private PendingChange Settings(long now) => new(ChangeKind.Settings, now + context.ChangeDelay);
}
