using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Diagnostics;

/// <summary>
/// Formats a log entry as one line of JSON, for log collectors: <c>{"time":…,"level":…,"category":…,"eventId":…,"event":…,"message":…,
/// "fields":{…},"exception":…}</c>. The fields are the values of the message's placeholders. <c>eventId</c>, <c>event</c>, <c>fields</c>
/// and <c>exception</c> are absent if there are none.
/// </summary>
internal static class JsonLogLine
{
    // Escapes for HTML are not needed, and make logs hard to read in a terminal.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static string Format(DateTimeOffset at, LogLevel level, string category, EventId eventId, string message, Exception? exception,
        IReadOnlyList<KeyValuePair<string, object?>>? state)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("time", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", level.ToString());
            writer.WriteString("category", category);
            if (eventId.Id != 0)
            {
                writer.WriteNumber("eventId", eventId.Id);
                writer.WriteString("event", eventId.Name);
            }

            writer.WriteString("message", message);
            WriteFields(writer, state);
            if (exception is not null)
            {
                writer.WriteString("exception", exception.ToString());
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    // The fields are in a separate object, since a placeholder can have any name, for example {Message}. The template is omitted, because
    // the event id identifies it.
    private static void WriteFields(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, object?>>? state)
    {
        if (state is null || state.All(static field => field.Key is "{OriginalFormat}" or ""))
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject("fields");
        foreach (var (name, value) in state)
        {
            if (name is not ("{OriginalFormat}" or "") && char.ToLowerInvariant(name[0]) + name[1..] is var field && names.Add(field))
            {
                WriteValue(writer, field, value);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int or long or short or byte:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            default:
                // Text, including numbers of other types.
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
