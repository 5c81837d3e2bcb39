using System.Globalization;

namespace Kcl.Cli.Quickstart;

/// <summary>Writes plain lines, one for each change.</summary>
internal sealed class PlainDisplay(TextWriter output) : IQuickstartDisplay
{
    public void ShowMessage(string text) => output.WriteLine(text);

    public Task ShowPuttingAsync(int words, Func<Action<int>, Task> put)
    {
        var shown = 0;
        return put(done =>
        {
            // About ten lines, regardless of the number of words.
            if (done == words || done * 10L / words > shown * 10L / words)
            {
                shown = done;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  put {done} of {words} words"));
            }
        });
    }

    public Task ShowConsumingAsync(Func<Action<IReadOnlyList<ShardProgress>>, Task> watch)
    {
        var last = "";
        return watch(shards =>
        {
            var line = string.Join("  ", shards.Select(Describe));
            if (line != last)
            {
                last = line;
                output.WriteLine($"  {line}");
            }
        });
    }

    public void ShowSummary(IReadOnlyList<ShardProgress> shards, TimeSpan elapsed)
    {
        foreach (var line in FormatTable(shards))
        {
            output.WriteLine(line);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Every word was counted and checkpointed, {elapsed.TotalSeconds:F1} s after the daemon was started."));
    }

    /// <summary>Returns the last digits of a shard's id.</summary>
    internal static string ShortName(ShardId shard) => shard.Value.Length > 4 ? $"…{shard.Value[^4..]}" : shard.Value;

    private static string Describe(ShardProgress shard)
    {
        var done = shard.IsDone ? " done" : "";
        var lag = shard.MillisBehindLatest is { } millis ? string.Create(CultureInfo.InvariantCulture, $" lag {millis} ms") : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{ShortName(shard.ShardId)} {shard.Processed}/{shard.Put}{done}{lag}");
    }

    private static IEnumerable<string> FormatTable(IReadOnlyList<ShardProgress> shards)
    {
        yield return $"{"shard",-22}{"words put",12}{"processed",12}  checkpoint";
        foreach (var shard in shards)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{shard.ShardId,-22}{shard.Put,12}{shard.Processed,12}  {(shard.IsCheckpointed ? "at the last word" : "behind")}");
        }

        yield return string.Create(CultureInfo.InvariantCulture,
            $"{"all",-22}{shards.Sum(shard => shard.Put),12}{shards.Sum(shard => shard.Processed),12}");
    }
}
