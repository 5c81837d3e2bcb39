using System.Text.Json;

namespace Kcl.Kinesis.Formats.Json;

/// <summary>Reads timestamps in JSON: seconds, as an integer, with decimals or in exponent form. Some servers write milliseconds.</summary>
internal static class JsonInstant
{
    /// <summary>Reads the number at the reader's position.</summary>
    /// <returns>Milliseconds since the Unix epoch.</returns>
    public static long Read(ref Utf8JsonReader reader)
    {
        long milliseconds = 0;
        var valid = reader.TokenType == JsonTokenType.Number
            && (reader.TryGetInt64(out var whole)
                ? EpochTime.TryToMilliseconds(whole, out milliseconds)
                : reader.TryGetDouble(out var value) && EpochTime.TryToMilliseconds(value, out milliseconds));
        return valid ? milliseconds : throw new JsonException($"A timestamp is not a number in range (byte {reader.TokenStartIndex}).");
    }
}
