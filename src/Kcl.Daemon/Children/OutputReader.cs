using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children;

/// <summary>Reads one of a child's two outputs, hands on its lines, and wakes when the output has been silent for a while.</summary>
internal abstract class OutputReader(Stream stream, LineSplitter lines, TimeProvider time)
{
    /// <summary>What has come.</summary>
    protected LineSplitter Lines { get; } = lines;

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>How long to wait for more before <see cref="OnSilence"/>; null to wait for as long as it takes.</summary>
    protected abstract TimeSpan? Patience { get; }

    /// <summary>Reads until the end of the output, or until nothing more is wanted.</summary>
    public async Task ReadAsync()
    {
        while (true)
        {
            while (Lines.TryTake(out var line))
            {
                if (!TryHandle(line))
                {
                    return;
                }
            }

            var read = stream.ReadAsync(Lines.GetRoom(), CancellationToken.None);
            var count = read.IsCompleted || Patience is null
                ? await read.ConfigureAwait(false)
                : await WaitAsync(read.AsTask()).ConfigureAwait(false);
            Lines.Add(count);
            if (count == 0)
            {
                break;
            }

            OnArrival();
        }

        while (Lines.TryTake(out var line) && TryHandle(line))
        {
        }

        OnEnd();
    }

    /// <summary>Handles one line or piece of one.</summary>
    /// <returns>Whether to go on.</returns>
    protected abstract bool TryHandle(in OutputLine line);

    /// <summary>Something has come.</summary>
    protected virtual void OnArrival()
    {
    }

    /// <summary>Nothing has come for <see cref="Patience"/>.</summary>
    protected abstract void OnSilence();

    /// <summary>Nothing more will come.</summary>
    protected abstract void OnEnd();

    private async ValueTask<int> WaitAsync(Task<int> read)
    {
        while (!read.IsCompleted && Patience is { } patience)
        {
            if (!await read.CompletesAsync(patience, Time).ConfigureAwait(false))
            {
                OnSilence();
            }
        }

        return await read.ConfigureAwait(false);
    }
}
