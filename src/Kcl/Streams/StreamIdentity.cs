using System.Globalization;
using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// Which stream this is: not just its name, but whose, where, and since when. A stream that was deleted and created again is another one of
/// the same name.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Arn">The ARN: account and region; null on a server that gives none.</param>
/// <param name="CreatedAt">When it was created; null on a server that does not say.</param>
internal sealed record StreamIdentity(StreamName Name, StreamArn? Arn, DateTimeOffset? CreatedAt)
{
    // Two descriptions of one stream may round the instant differently.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(10);

    /// <summary>The identity of a described stream.</summary>
    /// <param name="summary">The description.</param>
    public static StreamIdentity Of(StreamDescriptionSummary summary) =>
        new(summary.StreamName, summary.StreamArn, summary.CreationTimestamp > DateTimeOffset.UnixEpoch ? summary.CreationTimestamp.ToUniversalTime() : null);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>The identity; null for a text of another form.</returns>
    public static StreamIdentity? TryParse(string text)
    {
        var at = text.LastIndexOf('@');
        var (stream, instant) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
        if (!Instants.TryParse(instant, out var createdAt) && instant.Length > 0)
        {
            return null;
        }

        DateTimeOffset? since = instant.Length > 0 ? createdAt : null;
        if (StreamArn.TryParse(stream, out var arn))
        {
            return new(arn.StreamName, arn, since);
        }

        try
        {
            return new(new(stream), null, since);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Compares an identity that was remembered with what the stream is now. What either does not know is no difference.</summary>
    /// <param name="now">What the stream is now.</param>
    public StreamRelation To(StreamIdentity now)
    {
        var isOther = Name != now.Name || (Arn is { } mine && now.Arn is { } theirs && (mine.AccountId, mine.Region, mine.Partition) != (theirs.AccountId, theirs.Region, theirs.Partition));
        return isOther ? StreamRelation.Other
            : CreatedAt is not { } before || now.CreatedAt is not { } present || IsSameInstant(before, present) ? StreamRelation.Same
            : before < present ? StreamRelation.Earlier
            : StreamRelation.Later;
    }

    /// <summary>
    /// The stored form: the ARN, or the name where there is none; then <c>@</c> and the instant of the creation, where known.
    /// </summary>
    public override string ToString() => (Arn?.ToString() ?? Name.ToString()) + (CreatedAt is { } createdAt ? "@" + Instants.ToText(createdAt) : "");

    /// <summary>The identity in a sentence.</summary>
    public string Describe() => (Arn?.ToString() ?? Name.ToString())
        + (CreatedAt is { } createdAt ? string.Create(CultureInfo.InvariantCulture, $" (created {createdAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)") : "");

    // JSON gives some servers' instants in whole seconds, CBOR in milliseconds: whole seconds are compared as such.
    private static bool IsSameInstant(DateTimeOffset one, DateTimeOffset other) => one.Millisecond == 0 || other.Millisecond == 0
        ? one.ToUnixTimeSeconds() == other.ToUnixTimeSeconds()
        : (one - other).Duration() < Rounding;
}

/// <summary>What a remembered stream is to the present one.</summary>
internal enum StreamRelation
{
    /// <summary>The same stream.</summary>
    Same,

    /// <summary>An earlier stream of the same name: it was deleted, and the present one was created.</summary>
    Earlier,

    /// <summary>A stream of the same name that was created later than the present one, which cannot be.</summary>
    Later,

    /// <summary>Another stream: another name, account or region.</summary>
    Other,
}
