using System.Globalization;
using Spectre.Console;

namespace Kcl.Cli.Quickstart;

/// <summary>Shows a progress bar and a table that change in place.</summary>
internal sealed class LiveDisplay(IAnsiConsole console) : IQuickstartDisplay
{
    public void ShowMessage(string text) => console.WriteLine(text);

    public Task ShowPuttingAsync(int words, Func<Action<int>, Task> put) => console.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async progress =>
        {
            var task = progress.AddTask("putting words", maxValue: words);
            await put(done => task.Value = done).ConfigureAwait(false);
        });

    public Task ShowConsumingAsync(Func<Action<IReadOnlyList<ShardProgress>>, Task> watch)
    {
        var table = CreateTable();
        return console.Live(table).StartAsync(live => watch(shards =>
        {
            table.Rows.Clear();
            foreach (var shard in shards)
            {
                table.AddRow(
                    new Text(shard.ShardId.ToString()),
                    new Text(Number(shard.ProcessId)),
                    new Text(Number(shard.Put)),
                    new Text(Number(shard.Processed)),
                    new Text(shard.MillisBehindLatest is { } lag ? $"{Number(lag)} ms" : "…"),
                    new Text(shard.IsDone ? "all counted and checkpointed" : shard.ProcessId is null ? "starting" : "counting",
                        new Style(shard.IsDone ? Color.Green : Color.Yellow)));
            }

            live.Refresh();
        }));
    }

    public void ShowSummary(IReadOnlyList<ShardProgress> shards, TimeSpan elapsed)
    {
        var table = new Table()
            .AddColumn("shard")
            .AddColumn(new TableColumn("words put").RightAligned())
            .AddColumn(new TableColumn("processed").RightAligned())
            .AddColumn("checkpoint");
        foreach (var shard in shards)
        {
            table.AddRow(new Text(shard.ShardId.ToString()), new Text(Number(shard.Put)), new Text(Number(shard.Processed)),
                new Text(shard.IsCheckpointed ? "at the last word" : "behind"));
        }

        table.AddRow(new Text("all"), new Text(Number(shards.Sum(shard => shard.Put))),
            new Text(Number(shards.Sum(shard => shard.Processed))), Text.Empty);
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Every word was counted and checkpointed, {elapsed.TotalSeconds:F1} s after the daemon was started."));
    }

    private static Table CreateTable() => new Table()
        .AddColumn("shard")
        .AddColumn(new TableColumn("child process").RightAligned())
        .AddColumn(new TableColumn("words put").RightAligned())
        .AddColumn(new TableColumn("processed").RightAligned())
        .AddColumn(new TableColumn("lag").RightAligned())
        .AddColumn("state");

    private static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
