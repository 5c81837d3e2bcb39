using System.Collections.Immutable;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Http;

/// <summary>Reads the tags of a request.</summary>
internal static class TagParameters
{
    /// <summary>The maximum number of tags of a stream.</summary>
    public const int MaxTags = 50;

    /// <summary>The maximum length of a tag's key, in characters.</summary>
    public const int MaxKeyLength = 128;

    private const int MaxValueLength = 256;
    private const string Member = "Tags";

    /// <summary>Reads the tags; none if the request has no member <c>Tags</c>.</summary>
    /// <exception cref="ServiceErrorException">The request has more than <see cref="MaxTags"/> tags.</exception>
    public static ImmutableSortedDictionary<string, string> ReadOptionalTags(this Parameters parameters) =>
        Read(parameters, parameters.ReadOptionalValue(Member));

    /// <summary>Reads the tags, which must be given.</summary>
    /// <exception cref="ServiceErrorException">The request has more than <see cref="MaxTags"/> tags.</exception>
    public static ImmutableSortedDictionary<string, string> ReadRequiredTags(this Parameters parameters) =>
        Read(parameters, parameters.ReadRequiredValue(Member));

    private static ImmutableSortedDictionary<string, string> Read(Parameters parameters, RequestValue? map)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in map?.GetEntries() ?? [])
        {
            var text = value.GetText();
            if (key.Length is < 1 or > MaxKeyLength)
            {
                parameters.AddViolation(key, Member, $"Map keys must satisfy constraint: {LengthConstraint(1, MaxKeyLength)}");
            }

            if (text.Length > MaxValueLength)
            {
                parameters.AddViolation(text, Member, $"Map value must satisfy constraint: {LengthConstraint(0, MaxValueLength)}");
            }

            tags[key] = text;
        }

        return tags.Count <= MaxTags ? tags.ToImmutable() : throw ServiceErrors.TooManyTagsGiven(MaxTags);
    }

    private static string LengthConstraint(int min, int max) =>
        $"[Member must have length less than or equal to {max}, Member must have length greater than or equal to {min}]";
}
