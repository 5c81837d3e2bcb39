using System.Globalization;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Tests.Shared;

/// <summary>A recorded row of a table of a Java KCL.</summary>
/// <param name="Source">File and line.</param>
/// <param name="Phase">The phase of the recording.</param>
/// <param name="Table"><c>APP</c> for the lease table.</param>
/// <param name="Row">The row.</param>
public sealed record RecordedRow(string Source, string Phase, string Table, Item Row)
{
    public override string ToString() => Source;
}

/// <summary>Reads the recordings in tests/assets/leases, and converts rows to text that can be compared.</summary>
public static class RecordedRows
{
    public static IReadOnlyList<string> Versions { get; } = ["2.6.1", "3.1.3", "3.5.1", "3.5.1-multi-stream"];

    public static IReadOnlyList<RecordedRow> Of(string version)
    {
        var file = $"leases-{version}.jsonl";
        return
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "assets", "leases", file))
                .Select((line, index) => (line, index))
                .Skip(1).Select(l =>
            {
                using var json = JsonDocument.Parse(l.line);
                return new RecordedRow(
                    $"{file}:{l.index + 1}", json.RootElement.GetProperty("phase").GetString()!, json.RootElement.GetProperty("table")
                        .GetString()!, ToItem(
                        json.RootElement.GetProperty("row"),
                        binaryIsHex: true));
            }),
        ];
    }

    /// <summary>Reads a row in DynamoDB's JSON.</summary>
    public static Item ToItem(JsonElement row, bool binaryIsHex) =>
        row.EnumerateObject().ToDictionary(static p => p.Name, p => ToValue(p.Value, binaryIsHex), StringComparer.Ordinal);

    /// <summary>Converts a row to one line per attribute, sorted: name, type, value.</summary>
    public static string Text(Item row) =>
        string.Join('\n', row.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => $"{a.Key} {Text(a.Value)}"));

    /// <summary>Converts a value to text with its type.</summary>
    public static string Text(AttributeValue value) => value switch
    {
        { S: not null } => $"S {value.S}",
        { N: not null } => $"N {value.N}",
        { B: not null } => $"B {Convert.ToHexString(value.B.ToArray())}",
        { SS: not null } => $"SS {string.Join(',', value.SS.Order(StringComparer.Ordinal))}",
        { M: not null } => $"M {{{string.Join(
            ';',
            value.M.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m => $"{m.Key} {Text(m.Value)}"))}}}",
        { L: not null } => $"L [{string.Join(';', value.L.Select(Text))}]",
        _ => throw new NotSupportedException("A type the recordings do not have."),
    };

    private static AttributeValue ToValue(JsonElement typed, bool binaryIsHex)
    {
        var property = typed.EnumerateObject().Single();
        return property.Name switch
        {
            "S" => new() { S = property.Value.GetString() },
            "N" => new() { N = property.Value.GetString() },
            "B" => new() { B = new MemoryStream(binaryIsHex
                ? Convert.FromHexString(property.Value.GetString()!)
                : property.Value.GetBytesFromBase64()) },
            "SS" => new() { SS = [.. property.Value.EnumerateArray().Select(static e => e.GetString()!)] },
            "M" => new() { M = ToItem(property.Value, binaryIsHex) },
            "L" => new() { L = [.. property.Value.EnumerateArray().Select(e => ToValue(e, binaryIsHex))] },
            var other => throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"Type {other}.")),
        };
    }
}
