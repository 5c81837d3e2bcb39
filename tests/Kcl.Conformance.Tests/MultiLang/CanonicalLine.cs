using System.Text.Json;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>Compares protocol lines that differ only in form.</summary>
internal static class CanonicalLine
{
    /// <summary>Returns a line without spaces, and with 0 for an absent sub-sequence number, which means the same.</summary>
    /// <param name="line">The line.</param>
    public static string Of(string line)
    {
        using var json = JsonDocument.Parse(line);
        var number = json.RootElement.TryGetProperty("sequenceNumber", out var n) && n.ValueKind == JsonValueKind.String;
        return string.Join(",", json.RootElement.EnumerateObject().Select(p => $"{p.Name}={ValueOf(p)}"));

        string ValueOf(JsonProperty property) =>
            number && property.Name == "subSequenceNumber" && property.Value.ValueKind == JsonValueKind.Null
                ? "0"
                : property.Value.ToString();
    }
}
