using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Kinesis;

namespace Kcl.Cli.Put;

/// <summary>The command <c>kcl put</c>, which puts words into a stream.</summary>
internal static class PutCommand
{
    public static Command Create(CliContext context)
    {
        var stream = new Option<StreamName>("--stream", "-s")
        {
            Description = "The stream; it is created if it does not exist",
            Required = true,
            HelpName = "NAME",
            CustomParser = Arguments.ParseStream,
        };
        var words = new Option<string[]>("--word", "-w")
        {
            Description = "A word to put; can be repeated [default: read words from standard input, one per line]",
            HelpName = "WORD",
        };
        var period = new Option<double?>("--period", "-p")
        {
            Description = "Put the words again every SECONDS until kcl is stopped",
            HelpName = "SECONDS",
            CustomParser = Arguments.ParseSeconds,
        };
        var shards = new Option<int>("--shards")
        {
            Description = "The number of shards if the stream is created",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            CustomParser = Arguments.ParseShardCount,
        };
        var connection = new ConnectionOptions();
        var command = new Command("put", "Put words into a stream. Each word becomes one record and is also its partition key.")
        {
            stream, words, period, shards,
        };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(period) is not null && result.GetResult(words) is null)
            {
                result.AddError("--period requires words to put again: specify at least one with --word.");
            }
        });

        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var kinesis = connection.Connect(context, parsed);
            TimeSpan? pause = parsed.GetValue(period) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            try
            {
                return await RunAsync(context, kinesis, parsed.GetRequiredValue(stream), parsed.GetValue(words), pause,
                    parsed.GetValue(shards), cancellationToken).ConfigureAwait(false);
            }
            catch (KinesisException exception) when (connection.GetRemedy(parsed, exception) is { } remedy)
            {
                throw new InvalidStateException(remedy, exception);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, KinesisClient kinesis, StreamName stream, string[]? words, TimeSpan? period,
        int shards, CancellationToken cancellationToken)
    {
        var preparation = new StreamPreparation(kinesis, context.Time, TimeSpan.FromMilliseconds(250));
        if (await preparation.EnsureActiveAsync(stream, shards, cancellationToken).ConfigureAwait(false))
        {
            await context.Output.WriteLineAsync($"Created stream '{stream}' with {shards} shard(s).".AsMemory(),
                cancellationToken).ConfigureAwait(false);
        }

        var putter = new WordPutter(kinesis, stream, context.Output, context.Error);
        if (words is null or [])
        {
            return await PutInputAsync(context, putter, cancellationToken).ConfigureAwait(false);
        }

        var failures = await putter.PutAsync(words, cancellationToken).ConfigureAwait(false);
        while (period is { } pause)
        {
            await Task.Delay(pause, context.Time, cancellationToken).ConfigureAwait(false);
            failures = await putter.PutAsync(words, cancellationToken).ConfigureAwait(false);
        }

        return failures == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> PutInputAsync(CliContext context, WordPutter putter, CancellationToken cancellationToken)
    {
        await context.Error.WriteLineAsync("No --word was specified: reading words from standard input, one per line.".AsMemory(),
            cancellationToken).ConfigureAwait(false);
        var failures = 0;
        // A read from a terminal or a pipe cannot be canceled. When the program stops, it does not wait for the read.
        while (await Task.Run(context.Input.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Trim() is { Length: > 0 } word)
            {
                failures += await putter.TryPutAsync(word, cancellationToken).ConfigureAwait(false) ? 0 : 1;
            }
        }

        return failures == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
