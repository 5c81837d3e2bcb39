using System.Globalization;
using System.Text.RegularExpressions;

namespace Kcl.Architecture.Tests;

/// <summary>The event-id ranges of docs/architecture.md, and the ids that sources use.</summary>
internal sealed partial class EventIds
{
    private readonly List<(int First, int Last, string Project, string[] Rooms)> _ranges = [];

    public static EventIds Parse(string markdown)
    {
        var ids = new EventIds();
        foreach (Match match in RangeRow().Matches(markdown))
        {
            ids._ranges.Add((
                int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture),
                int.Parse(match.Groups["last"].Value, CultureInfo.InvariantCulture),
                match.Groups["project"].Value,
                match.Groups["rooms"].Value.Split([" and ", ", ", " "], StringSplitOptions.RemoveEmptyEntries)));
        }

        return ids;
    }

    public int RangeCount => _ranges.Count;

    /// <summary>
    /// Returns what is wrong with the ids of the given sources, which are named by paths like <c>src/Kcl/Leasing/Log.cs</c>.
    /// </summary>
    public IEnumerable<string> Violations(IEnumerable<(string Path, string Text)> sources)
    {
        foreach (var (one, other) in _ranges.SelectMany((one, i) => _ranges.Skip(i + 1).Select(other => (one, other)))
            .Where(pair => pair.one.First <= pair.other.Last && pair.other.First <= pair.one.Last))
        {
            yield return $"the ranges {one.First}–{one.Last} and {other.First}–{other.Last} overlap";
        }

        var seen = new Dictionary<int, string>();
        foreach (var (path, text) in sources)
        {
            foreach (var id in LoggerMessage()
                .Matches(text)
                .Select(match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)))
            {
                var parts = path.Split('/');
                if (!_ranges.Any(range => id >= range.First
                    && id <= range.Last
                    && range.Project == parts[1]
                    && (range.Rooms.Length == 0 || parts.Length < 4 || range.Rooms.Contains(parts[2]) || parts[2] == "Diagnostics")))
                {
                    yield return $"{path}: event id {id} is not in a range docs/architecture.md gives to this room";
                }

                if (!seen.TryAdd(id, path))
                {
                    yield return $"{path}: event id {id} is also used in {seen[id]}";
                }
            }
        }
    }

    [GeneratedRegex(@"^\|\s*(?<first>\d+)–(?<last>\d+)\s*\|\s*`(?<project>[^`]+)`(?<rooms>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex RangeRow();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex LoggerMessage();
}
