namespace Kcl.Cli.Quickstart;

/// <summary>What the quickstart shows, to a person at a terminal or to a file.</summary>
internal interface IQuickstartDisplay
{
    /// <summary>Says what happens now.</summary>
    void Say(string text);

    /// <summary>Shows words being put while <paramref name="put"/> runs; it is given what to call with the number put so far.</summary>
    Task ShowPuttingAsync(int words, Func<Action<int>, Task> put);

    /// <summary>Shows the shards while <paramref name="watch"/> runs; it is given what to call with their progress.</summary>
    Task ShowConsumingAsync(Func<Action<IReadOnlyList<ShardProgress>>, Task> watch);

    /// <summary>Shows how it ended.</summary>
    void ShowSummary(IReadOnlyList<ShardProgress> shards, TimeSpan took);
}
