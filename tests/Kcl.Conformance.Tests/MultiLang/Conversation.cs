using System.Text.Json;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>A recorded conversation of the Java daemon with a child: see Vectors/README.md.</summary>
internal sealed class Conversation
{
    private Conversation(IReadOnlyList<Line> lines) => Lines = lines;

    public IReadOnlyList<Line> Lines { get; }

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.jsonl").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "MultiLang", "Vectors");

    public static Conversation Load(string name) => new([.. File.ReadLines(Path.Combine(Folder, name)).Where(l => l.Length > 0).Select(l =>
    {
        using var json = JsonDocument.Parse(l);
        var text = json.RootElement.GetProperty("line").GetString()!;
        return new Line(json.RootElement.GetProperty("to").GetString() == "child", text == "<end of input>" ? null : text);
    })]);

    /// <param name="ToChild">Whether the daemon wrote it.</param>
    /// <param name="Text">The line; null for the end of input.</param>
    internal sealed record Line(bool ToChild, string? Text)
    {
        /// <summary>
        /// Gets the line as our daemon writes it. Characters that some readers treat as line ends are escaped; this is the only
        /// difference to Java.
        /// </summary>
        public string? Written => Text?.Replace("\u0085", "\\u0085", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
            .Replace("\u2029", "\\u2029", StringComparison.Ordinal);

        public string Action => JsonDocument.Parse(Text!).RootElement.GetProperty("action").GetString()!;
    }
}
