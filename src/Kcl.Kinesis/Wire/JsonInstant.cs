using System.Text.Json;

namespace Kcl.Kinesis.Wire;

/// <summary>Instants in JSON: a number of seconds, whole, with decimals or in exponent form; some servers write milliseconds.</summary>
internal static class JsonInstant
{
    /// <summary>Reads the number the reader stands on.</summary>
    /// <returns>Milliseconds since the Unix epoch.</returns>
    public static long Read(ref Utf8JsonReader reader)
    {
        long milliseconds = 0;
        var ok = reader.TokenType == JsonTokenType.Number
            && (reader.TryGetInt64(out var whole) ? Epoch.ToMilliseconds(whole, out milliseconds) : reader.TryGetDouble(out var value) && Epoch.ToMilliseconds(value, out milliseconds));
        return ok ? milliseconds : throw new JsonException($"An instant of the body is not one (byte {reader.TokenStartIndex}).");
    }
}
