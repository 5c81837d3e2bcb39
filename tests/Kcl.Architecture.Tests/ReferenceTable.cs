using System.Xml.Linq;

namespace Kcl.Architecture.Tests;

/// <summary>The table of docs/architecture.md that says which projects each project may reference.</summary>
internal sealed class ReferenceTable
{
    private readonly Dictionary<string, HashSet<string>> _allowed = new(StringComparer.Ordinal);

    /// <summary>Reads the rows that have three columns and a project in backticks in the first one.</summary>
    public static ReferenceTable Parse(string markdown)
    {
        var table = new ReferenceTable();
        foreach (var line in markdown.Split('\n'))
        {
            if (line.Trim().Trim('|').Split('|') is [var project, _, var references]
                && InBackticks(project) is [var name]
                && name.StartsWith("Kcl", StringComparison.Ordinal))
            {
                table._allowed.Add(name, [.. InBackticks(references)]);
            }
        }

        return table;
    }

    public IReadOnlyCollection<string> Projects => _allowed.Keys;

    /// <summary>Returns what is wrong with the references of a project; empty if they are correct.</summary>
    public IEnumerable<string> Violations(string project, IEnumerable<string> references) => _allowed.TryGetValue(project, out var allowed)
        ? references.Where(reference => !allowed.Contains(reference))
            .Select(reference => $"{project} → {reference} is not in the table of docs/architecture.md")
        : [$"{project} is not in the table of docs/architecture.md"];

    /// <summary>Returns the projects that a project file references.</summary>
    public static IEnumerable<string> ReferencesOf(string projectFile) =>
        XDocument.Parse(projectFile)
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IReadOnlyList<string> InBackticks(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];
}
