using System.Diagnostics.CodeAnalysis;

namespace Kcl;

/// <summary>The ARN of a stream: <c>arn:partition:kinesis:region:account:stream/name</c>.</summary>
public readonly record struct StreamArn
{
    private readonly string? _value;

    private StreamArn(string value, string partition, string region, string accountId, StreamName streamName)
    {
        _value = value;
        Partition = partition;
        Region = region;
        AccountId = accountId;
        StreamName = streamName;
    }

    /// <summary>Gets the partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c> …</summary>
    public string Partition { get; }

    /// <summary>Gets the region, for example <c>eu-central-1</c>.</summary>
    public string Region { get; }

    /// <summary>Gets the 12 digits of the account.</summary>
    public string AccountId { get; }

    /// <summary>Gets the stream's name.</summary>
    public StreamName StreamName { get; }

    /// <summary>Gets the whole ARN.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which has no ARN.</exception>
    public string Value => _value ?? throw new InvalidOperationException(
        "This StreamArn is the default value and has no ARN. Create one with StreamArn.Parse(text).");

    /// <summary>Parses the ARN of a stream.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The ARN; the default value if <paramref name="text"/> is not the ARN of a stream.</param>
    /// <returns>True if <paramref name="text"/> is the ARN of a stream; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamArn result)
    {
        result = default;
        var parts = text?.Split(':');
        if (parts is not ["arn", var partition, "kinesis", var region, var account, var resource]
            || !partition.StartsWith("aws", StringComparison.Ordinal)
            || region.Length == 0 || region.AsSpan().ContainsAnyExcept(KinesisNames.RegionCharacters)
            || account.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9')
            || !resource.StartsWith("stream/", StringComparison.Ordinal)
            || !KinesisNames.IsValid(resource["stream/".Length..]))
        {
            return false;
        }

        result = new(text!, partition, region, account, new(resource["stream/".Length..]));
        return true;
    }

    /// <summary>Parses an ARN that <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The text to parse.</param>
    /// <returns>The ARN.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not the ARN of a stream.</exception>
    public static StreamArn Parse(string text) =>
        TryParse(text, out var result)
            ? result
            : throw new FormatException(
                $"'{text}' is not the ARN of a stream; it must have the form arn:aws:kinesis:<region>:<12-digit account>:stream/<name>.");

    /// <summary>Returns the whole ARN; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
