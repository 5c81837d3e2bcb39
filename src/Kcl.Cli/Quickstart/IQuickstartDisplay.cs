namespace Kcl.Cli.Quickstart;

/// <summary>Shows the progress of the quickstart, in a terminal or in a file.</summary>
internal interface IQuickstartDisplay
{
    /// <summary>Shows a message.</summary>
    void ShowMessage(string text);

    /// <summary>Shows the progress while words are put.</summary>
    /// <param name="words">The number of words.</param>
    /// <param name="put">Puts the words. It receives an action to call with the number put so far.</param>
    Task ShowPuttingAsync(int words, Func<Action<int>, Task> put);

    /// <summary>Shows the progress of the shards while they are consumed.</summary>
    /// <param name="watch">Waits for the end. It receives an action to call with the progress of the shards.</param>
    Task ShowConsumingAsync(Func<Action<IReadOnlyList<ShardProgress>>, Task> watch);

    /// <summary>Shows the result.</summary>
    void ShowSummary(IReadOnlyList<ShardProgress> shards, TimeSpan elapsed);
}
