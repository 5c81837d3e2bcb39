using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kcl.Leases.Sqlite;

/// <summary>Writes and reads private attributes as a JSON object of strings, which is stored in one column.</summary>
internal static class PrivateAttributesJson
{
    /// <summary>Writes attributes, or changes to attributes. A null value removes an attribute.</summary>
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

    /// <summary>Reads attributes. Members that are not strings are ignored.</summary>
    /// <exception cref="FormatException">The text is not JSON.</exception>
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
