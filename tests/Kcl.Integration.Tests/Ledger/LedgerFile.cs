using System.Globalization;

namespace Kcl.Integration.Tests.Ledger;

/// <summary>The ledger to which children append. Each line is one atomic write, so that no line is incomplete if they are killed.</summary>
/// <param name="path">The file.</param>
internal sealed class LedgerFile(string path)
{
    private readonly List<LedgerEvent> _events = [];
    private long _read;

    public string Path { get; } = path;

    /// <summary>Returns the events that were written so far.</summary>
    public IReadOnlyList<LedgerEvent> Read()
    {
        lock (_events)
        {
            if (File.Exists(Path))
            {
                using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                stream.Position = _read;
                var bytes = new byte[stream.Length - _read];
                stream.ReadExactly(bytes);
                var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
                _read += whole;
                foreach (var line in System.Text.Encoding.UTF8.GetString(bytes, 0, whole)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    _events.Add(Parse(line));
                }
            }

            return [.. _events];
        }
    }

    /// <summary>Reads a line: <c>milliseconds kind shard pid position sub number worker</c>, with <c>-</c> for no position.</summary>
    private static LedgerEvent Parse(string line)
    {
        var words = line.Split(' ');
        return new(
            long.Parse(words[0], CultureInfo.InvariantCulture),
            Enum.Parse<LedgerEventKind>(words[1]),
            new(words[2]),
            int.Parse(words[3], CultureInfo.InvariantCulture),
            words[4] == "-" ? null : ExtendedSequenceNumber.Parse(words[4], long.Parse(words[5], CultureInfo.InvariantCulture)),
            long.Parse(words[6], CultureInfo.InvariantCulture),
            words[7]);
    }
}
