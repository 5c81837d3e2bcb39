using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The operations on tags, in the older form (by stream) and the newer form (by ARN).</summary>
internal sealed class TagOperations(ServerContext context, StreamCatalog catalog)
{
    public ValueTask AddTagsToStreamAsync(Exchange exchange) => AddAsync(exchange, byArn: false);

    public ValueTask TagResourceAsync(Exchange exchange) => AddAsync(exchange, byArn: true);

    public ValueTask RemoveTagsFromStreamAsync(Exchange exchange) => RemoveAsync(exchange, byArn: false);

    public ValueTask UntagResourceAsync(Exchange exchange) => RemoveAsync(exchange, byArn: true);

    public ValueTask ListTagsForStreamAsync(Exchange exchange) => ListAsync(exchange, byArn: false);

    public ValueTask ListTagsForResourceAsync(Exchange exchange) => ListAsync(exchange, byArn: true);

    private async ValueTask AddAsync(Exchange exchange, bool byArn)
    {
        var parameters = exchange.Parameters;
        var tags = parameters.ReadRequiredTags();
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(ReadName(parameters, byArn)), now);
        await catalog.ChangeAsync(live, now, model =>
        {
            var all = model.Tags.SetItems(tags);
            return all.Count <= TagParameters.MaxTags
                ? model with { Tags = all }
                : throw context.Errors.TooManyTags(model.Name, TagParameters.MaxTags);
        }).ConfigureAwait(false);
    }

    private async ValueTask RemoveAsync(Exchange exchange, bool byArn)
    {
        var parameters = exchange.Parameters;
        var keys = parameters.ReadRequiredValue("TagKeys")?.GetItems().Select(item => item.GetText()).ToArray() ?? [];
        if (keys.Length > TagParameters.MaxTags)
        {
            parameters.AddViolation(
                $"{keys.Length} keys",
                "TagKeys",
                $"Member must have length less than or equal to {TagParameters.MaxTags}");
        }

        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(ReadName(parameters, byArn)), now);
        await catalog.ChangeAsync(live, now, model => model with { Tags = model.Tags.RemoveRange(keys) }).ConfigureAwait(false);
    }

    private ValueTask ListAsync(Exchange exchange, bool byArn)
    {
        var parameters = exchange.Parameters;
        var after = parameters.ReadOptionalText("ExclusiveStartTagKey", max: TagParameters.MaxKeyLength);
        var limit = parameters.ReadOptionalInteger("Limit", 1, TagParameters.MaxTags) ?? TagParameters.MaxTags;
        var name = parameters.RequireStream(ReadName(parameters, byArn));
        var (_, model) = catalog.Get(name, context.Clock.Now);
        var tags = model.Tags.Where(tag => after is null || string.CompareOrdinal(tag.Key, after) > 0).ToArray();
        var response = exchange.Response;
        response.StartObject();
        response.StartArray("Tags"u8);
        foreach (var (key, value) in tags.Take(limit))
        {
            response.StartObject();
            response.WriteText("Key"u8, key);
            response.WriteText("Value"u8, value);
            response.EndObject();
        }

        response.EndArray();
        if (!byArn)
        {
            response.WriteBoolean("HasMoreTags"u8, tags.Length > limit);
        }

        response.EndObject();
        return ValueTask.CompletedTask;
    }

    private static string? ReadName(Parameters parameters, bool byArn)
    {
        if (!byArn)
        {
            return parameters.ReadStreamName();
        }

        var arn = parameters.ReadRequiredArn("ResourceARN");
        return arn is null ? null : Parameters.StreamOfArn(arn) ?? throw ServiceErrors.NotStreamArn(arn);
    }
}
