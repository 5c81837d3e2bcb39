using Kcl.Daemon.Internal;
using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children.Relay;

/// <summary>
/// Reads the stdout or the stderr of a child line by line, and calls <see cref="OnSilence"/> if nothing is written for a time.
/// </summary>
/// <param name="stream">The output.</param>
/// <param name="lines">Splits the output into lines.</param>
/// <param name="time">The clock.</param>
internal abstract class OutputReader(Stream stream, LineSplitter lines, TimeProvider time)
{
    /// <summary>Gets the lines that were read and have not been handled yet.</summary>
    protected LineSplitter Lines { get; } = lines;

    /// <summary>Gets the clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Gets how long to wait for more output before <see cref="OnSilence"/> is called; null for no limit.</summary>
    protected abstract TimeSpan? SilenceTimeout { get; }

    /// <summary>Reads until the output ends or <see cref="TryHandle"/> returns false.</summary>
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
            var count = read.IsCompleted || SilenceTimeout is null
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

    /// <summary>Handles a line, or a piece of a long line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>True to continue; otherwise, false.</returns>
    protected abstract bool TryHandle(in OutputLine line);

    /// <summary>Called after output was read.</summary>
    protected virtual void OnArrival()
    {
    }

    /// <summary>Called when nothing was read for <see cref="SilenceTimeout"/>.</summary>
    protected abstract void OnSilence();

    /// <summary>Called when the output has ended.</summary>
    protected abstract void OnEnd();

    private async ValueTask<int> WaitAsync(Task<int> read)
    {
        while (!read.IsCompleted && SilenceTimeout is { } timeout)
        {
            if (!await read.CompletesAsync(timeout, Time).ConfigureAwait(false))
            {
                OnSilence();
            }
        }

        return await read.ConfigureAwait(false);
    }
}
