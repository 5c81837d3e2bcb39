namespace Kcl.Architecture.Tests;

/// <summary>The table under "Rooms of src/…" in docs/architecture.md, which says which folders each folder of a project may use.</summary>
internal sealed class RoomTable
{
    public const string Root = "(root)";
    private readonly Dictionary<string, HashSet<string>> _allowed = new(StringComparer.Ordinal);

    /// <summary>Gets the rooms.</summary>
    public IReadOnlyCollection<string> Rooms => _allowed.Keys;

    /// <summary>Reads the rows below the heading of a project; returns null if the page has no such heading.</summary>
    public static RoomTable? Parse(string markdown, string project)
    {
        var lines = markdown.Split('\n')
            .Select(static line => line.Trim())
            .SkipWhile(line => line.Replace("`", "", StringComparison.Ordinal) != $"## Rooms of src/{project}")
            .Skip(1)
            .ToList();
        if (lines.Count == 0)
        {
            return null;
        }

        var table = new RoomTable();
        foreach (var line in lines.TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal)))
        {
            if (line.Trim('|').Split('|') is [var room, _, var mayUse] && InBackticks(room) is [var name])
            {
                table._allowed.Add(name, [.. InBackticks(mayUse)]);
            }
        }

        return table;
    }

    /// <summary>Returns the room of a file: the innermost folder of the table that contains it.</summary>
    public string RoomOf(string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (_allowed.ContainsKey(path[..end]))
            {
                return path[..end];
            }
        }

        return path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : Root;
    }

    /// <summary>Returns whether one room may use another. A room and the rooms within it may use each other.</summary>
    public bool Allows(string room, string other) =>
        room == other || IsWithin(room, other) || IsWithin(other, room)
        || (_allowed.TryGetValue(room, out var allowed) && (allowed.Contains(other) || allowed.Any(above => IsWithin(other, above))));

    /// <summary>Returns what is wrong with the table itself: rooms without a row, and circular references.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (room, allowed) in _allowed)
        {
            foreach (var other in allowed.Where(other => !_allowed.ContainsKey(other)))
            {
                yield return $"{room} may use {other}, which has no row";
            }
        }

        foreach (var room in _allowed.Keys)
        {
            if (Reaches(room, room, []))
            {
                yield return $"{room} is in a circle";
            }
        }
    }

    private bool Reaches(string from, string to, HashSet<string> visited) =>
        _allowed.TryGetValue(from, out var allowed) && allowed.Any(next => next == to || (visited.Add(next) && Reaches(next, to, visited)));

    private static bool IsWithin(string room, string other) => room.StartsWith(other + "/", StringComparison.Ordinal);

    private static IReadOnlyList<string> InBackticks(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];
}
