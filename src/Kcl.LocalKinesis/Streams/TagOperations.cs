using System.Collections.Immutable;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>The operations on tags, of the older shape (by stream) and the newer one (by ARN).</summary>
internal sealed class TagOperations(StreamCatalog catalog)
{
    private const int MostTags = 50;
    private const int KeyLength = 128;
    private const int ValueLength = 256;

    /// <summary>Reads a map of tags.</summary>
    public static ImmutableSortedDictionary<string, string> Read(Parameters parameters, string member, bool required)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (parameters.Member(member, required) is { } map)
        {
            foreach (var (key, value) in map.Entries())
            {
                var text = value.Text();
                if (key.Length is < 1 or > KeyLength)
                {
                    parameters.Violation(key, "tags", $"Map keys must satisfy constraint: [Member must have length less than or equal to {KeyLength}, Member must have length greater than or equal to 1]");
                }

                if (text.Length > ValueLength)
                {
                    parameters.Violation(text, "tags", $"Map value must satisfy constraint: [Member must have length less than or equal to {ValueLength}, Member must have length greater than or equal to 0]");
                }

                tags[key] = text;
            }

            if (tags.Count > MostTags)
            {
                throw ServiceException.InvalidArgument($"Failed to add tags to stream: a stream can have at most {MostTags} tags.");
            }
        }

        return tags.ToImmutable();
    }

    public async ValueTask AddAsync(Exchange exchange, bool byArn)
    {
        var tags = Read(exchange.Parameters, "Tags", required: true);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(exchange.Parameters, Name(exchange.Parameters, byArn), now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            var all = model.Tags.SetItems(tags);
            return all.Count <= MostTags
                ? model with { Tags = all }
                : throw ServiceException.InvalidArgument($"Failed to add tags to stream {model.Name} under account {catalog.Account} because a given stream cannot have more than {MostTags} tags associated with it.");
        }).ConfigureAwait(false);
    }

    public async ValueTask RemoveAsync(Exchange exchange, bool byArn)
    {
        var keys = exchange.Parameters.Member("TagKeys", true) is { } list ? list.Items().Select(item => item.Text()).ToArray() : [];
        if (keys.Length > MostTags)
        {
            exchange.Parameters.Violation($"{keys.Length} keys", "tagKeys", $"Member must have length less than or equal to {MostTags}");
        }

        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(exchange.Parameters, Name(exchange.Parameters, byArn), now);
        await catalog.ChangeAsync(entry, now, model => model with { Tags = model.Tags.RemoveRange(keys) }).ConfigureAwait(false);
    }

    public ValueTask ListAsync(Exchange exchange, bool byArn)
    {
        var parameters = exchange.Parameters;
        var after = parameters.Text("ExclusiveStartTagKey", false, 1, KeyLength);
        var limit = parameters.Integer("Limit", false, 1, MostTags) ?? MostTags;
        var (_, model) = catalog.Require(parameters, Name(parameters, byArn), catalog.Clock.Now);
        var tags = model.Tags.Where(tag => after is null || string.CompareOrdinal(tag.Key, after) > 0).ToArray();
        var json = exchange.Out;
        json.StartObject();
        json.StartArray("Tags"u8);
        foreach (var (key, value) in tags.Take(limit))
        {
            json.StartObject();
            json.Text("Key"u8, key);
            json.Text("Value"u8, value);
            json.EndObject();
        }

        json.EndArray();
        if (!byArn)
        {
            json.Boolean("HasMoreTags"u8, tags.Length > limit);
        }

        json.EndObject();
        return ValueTask.CompletedTask;
    }

    private static string? Name(Parameters parameters, bool byArn)
    {
        if (!byArn)
        {
            return StreamCatalog.NameIn(parameters);
        }

        var arn = parameters.Text("ResourceARN", true, 1, 2048);
        return arn is null ? null : StreamCatalog.NameOf(arn) ?? throw ServiceException.InvalidArgument($"ResourceARN {arn} is not the ARN of a stream.");
    }
}
