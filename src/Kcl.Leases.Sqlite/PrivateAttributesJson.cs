using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kcl.Leases.Sqlite;

/// <summary>Private attributes as a JSON object of texts: one column holds them all.</summary>
internal static class PrivateAttributesJson
{
    /// <summary>Writes attributes, or changes of them, where null means removal.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string?>> attributes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in attributes)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Write"/> wrote. Members that are not texts are left out.</summary>
    public static SortedDictionary<string, string> Read(string json)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.String)
                {
                    attributes[member.Name] = member.Value.GetString()!;
                }
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException($"private_attributes is not JSON: {exception.Message}", exception);
        }

        return attributes;
    }
}
