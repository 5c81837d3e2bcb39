using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations;

/// <summary>
/// Reads the members that many responses have. Unknown members are skipped; a member that is not valid causes a
/// <see cref="FormatException"/>.
/// </summary>
internal static class ResponseMembers
{
    /// <summary>Returns the exception for a response that lacks a member.</summary>
    public static FormatException Missing(string member) => new($"it lacks {member}");

    /// <summary>Parses the name of a stream.</summary>
    public static StreamName ParseStreamName(string text) => Parse(text, static value => new StreamName(value));

    /// <summary>Parses the id of a shard.</summary>
    public static ShardId ParseShardId(string text) => Parse(text, static value => new ShardId(value));

    /// <summary>Reads the id of a shard, or null.</summary>
    public static ShardId? ReadOptionalShardId(this ref WireReader reader) =>
        reader.ReadOptionalText() is { } text ? ParseShardId(text) : null;

    /// <summary>Reads a sequence number, or null.</summary>
    public static SequenceNumber? ReadOptionalSequenceNumber(this ref WireReader reader) =>
        reader.ReadOptionalText() is { } text ? SequenceNumber.Parse(text) : null;

    private static T Parse<T>(string text, Func<string, T> create)
    {
        try
        {
            return create(text);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
