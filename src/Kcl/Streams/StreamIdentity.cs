using System.Globalization;
using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// Identifies a stream by its name, account, region and creation time. A re-created stream is another stream of the same name.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Arn">The ARN, which has the account and the region; null on a server that does not return one.</param>
/// <param name="CreatedAt">When the stream was created; null on a server that does not return it.</param>
internal sealed record StreamIdentity(StreamName Name, StreamArn? Arn, DateTimeOffset? CreatedAt)
{
    // Two descriptions of one stream may round the creation time differently.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns the identity of a described stream.</summary>
    /// <param name="summary">The description.</param>
    public static StreamIdentity Of(StreamDescriptionSummary summary)
    {
        var isCreationKnown = summary.CreationTimestamp > DateTimeOffset.UnixEpoch;
        return new(summary.StreamName, summary.StreamArn, isCreationKnown ? summary.CreationTimestamp.ToUniversalTime() : null);
    }

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <returns>The identity; null if the text has another form.</returns>
    public static StreamIdentity? ParseOrNull(string text)
    {
        var at = text.LastIndexOf('@');
        var (stream, instant) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
        if (!Instants.TryParse(instant, out var createdAt) && instant.Length > 0)
        {
            return null;
        }

        DateTimeOffset? creation = instant.Length > 0 ? createdAt : null;
        if (StreamArn.TryParse(stream, out var arn))
        {
            return new(arn.StreamName, arn, creation);
        }

        return StreamName.TryParse(stream, out var name) ? new(name, null, creation) : null;
    }

    /// <summary>
    /// Compares a stored identity with that of the current stream. A part that is unknown on either side counts as equal.
    /// </summary>
    /// <param name="current">The current stream.</param>
    public StreamRelation To(StreamIdentity current)
    {
        if (Name != current.Name || (Arn is { } arn && current.Arn is { } currentArn && !IsSamePlace(arn, currentArn)))
        {
            return StreamRelation.Other;
        }

        if (CreatedAt is not { } before || current.CreatedAt is not { } created || IsSameInstant(before, created))
        {
            return StreamRelation.Same;
        }

        return before < created ? StreamRelation.Earlier : StreamRelation.Later;
    }

    /// <summary>
    /// Returns the stored form: the ARN, or the name if there is no ARN; then <c>@</c> and the creation time, if it is known.
    /// </summary>
    public override string ToString() =>
        (Arn?.ToString() ?? Name.ToString()) + (CreatedAt is { } createdAt ? "@" + Instants.ToText(createdAt) : "");

    /// <summary>Returns a description for messages.</summary>
    public string Describe()
    {
        var stream = Arn?.ToString() ?? Name.ToString();
        return CreatedAt is { } createdAt
            ? string.Create(CultureInfo.InvariantCulture, $"{stream} (created {createdAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)")
            : stream;
    }

    private static bool IsSamePlace(StreamArn one, StreamArn other) =>
        one.AccountId == other.AccountId && one.Region == other.Region && one.Partition == other.Partition;

    // Some servers return whole seconds in JSON and milliseconds in CBOR. If one side has whole seconds, only the seconds are compared.
    private static bool IsSameInstant(DateTimeOffset one, DateTimeOffset other) => one.Millisecond == 0 || other.Millisecond == 0
        ? one.ToUnixTimeSeconds() == other.ToUnixTimeSeconds()
        : (one - other).Duration() < Rounding;
}
