using System.Globalization;
using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// Identifies one creation of a stream within a fleet that reads several streams, in the Java KCL's serialized form
/// <c>accountId:streamName:creationEpoch</c> (<c>common/StreamIdentifier</c>).
/// </summary>
public readonly record struct StreamInstance
{
    private StreamInstance(string accountId, StreamName name, long creationEpoch)
    {
        AccountId = accountId;
        Name = name;
        CreationEpoch = creationEpoch;
    }

    /// <summary>Gets the account that owns the stream: digits.</summary>
    public string AccountId { get; }

    /// <summary>Gets the stream's name.</summary>
    public StreamName Name { get; }

    /// <summary>Gets when the stream was created, in seconds since 1970-01-01 UTC; greater than zero.</summary>
    public long CreationEpoch { get; }

    /// <summary>Parses the serialized form.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The instance; the default value if the text has another form.</param>
    /// <returns>True if <paramref name="text"/> has the form; otherwise, false.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out StreamInstance result)
    {
        result = default;
        var first = text.IndexOf(':');
        var last = text.LastIndexOf(':');
        if (first <= 0 || last <= first + 1
            || text[..first].ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            || epoch <= 0
            || !StreamName.TryParse(text[(first + 1)..last].ToString(), out var name))
        {
            return false;
        }

        result = new(text[..first].ToString(), name, epoch);
        return true;
    }

    /// <summary>Returns the serialized form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AccountId}:{Name}:{CreationEpoch}");
}
