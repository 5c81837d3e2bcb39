using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Kcl.Daemon.Children.Command;
using Kcl.Leasing.Administration;

namespace Kcl.Cli.Leases;

/// <summary>The command <c>kcl leases</c>, which shows and changes the leases of an application.</summary>
internal static class LeasesCommand
{
    // For the instant of the workers' configuration. A lease stores AT_TIMESTAMP, which is accepted too.
    private const string Timestamp = "TIMESTAMP";

    private static readonly string[] NamedPositions = [.. InitialPosition.Named.Select(static p => p.ToString())];

    public static Command Create(CliContext context) => new("leases", "Show and change the leases and checkpoints of an application.")
    {
        List(context),
        Show(context),
        Change(
            context,
            "release",
            "Remove the owners of leases, so that running workers take them. Checkpoints are kept.",
            static _ => LeaseOperation.Release),
        Reset(context),
        Change(context, "delete", "Delete leases and their checkpoints.", static _ => LeaseOperation.Delete),
        Adopt(context),
    };

    private static Command List(CliContext context)
    {
        var (connection, json) = (new LeasesConnection(), JsonOption());
        var command = new Command("list", "List all leases with owner, counter and checkpoint.") { json };
        connection.AddTo(command);
        command.SetAction((parsed, stop) => WithAsync(context, connection, parsed, async (leases, administrator) =>
        {
            var all = await administrator.ListAsync(stop).ConfigureAwait(false);
            await context.Output.WriteAsync(
                (parsed.GetValue(json) ? LeasesJson.Leases(all, all.Unreadable) : LeasesText.List(all, leases.Where)).AsMemory(),
                stop).ConfigureAwait(false);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Show(CliContext context)
    {
        var (connection, json) = (new LeasesConnection(), JsonOption());
        var shard = new Argument<ShardId>("shard")
        {
            Description = "The shard, for example shardId-000000000000",
            HelpName = "SHARD",
            CustomParser = static result => Shards(result) is [var only] ? only : default,
        };
        var command = new Command("show", "Show all attributes of a lease.") { shard, json };
        connection.AddTo(command);
        command.SetAction((parsed, stop) => WithAsync(context, connection, parsed, async (_, administrator) =>
        {
            var wanted = parsed.GetValue(shard);
            var all = await administrator.ListAsync(stop).ConfigureAwait(false);
            var found = all.Where(l => l.ShardId == wanted).ToArray();
            var unreadable = all.Unreadable.Where(row => row.Key.Value == wanted.Value).ToArray();
            if (found.Length + unreadable.Length == 0)
            {
                throw new InvalidStateException($"There is no lease for {wanted}. 'kcl leases list' lists all leases.");
            }

            var text = parsed.GetValue(json)
                ? LeasesJson.Leases(found, unreadable)
                : string.Concat([.. found.Select(LeasesText.Show), .. unreadable.Select(LeasesText.Show)]);
            await context.Output.WriteAsync(text.AsMemory(), stop).ConfigureAwait(false);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Reset(CliContext context)
    {
        var storedTimestamp = ExtendedSequenceNumber.AtTimestamp;
        var to = new Option<string>("--to")
        {
            Description = $"Where the shards resume: {string.Join(", ", NamedPositions)}, or {Timestamp} for the instant with which the "
                + "workers are configured",
            Required = true,
            HelpName = "POSITION",
        };
        to.AcceptOnlyFromAmong([.. NamedPositions, Timestamp, storedTimestamp.ToString()]);
        return Change(
            context,
            "reset",
            "Set checkpoints to another position.",
            parsed => LeaseOperation.Reset(
                parsed.GetRequiredValue(to) is var position && position == Timestamp
                    ? storedTimestamp
                    : ExtendedSequenceNumber.Parse(position)),
            to);
    }

    private static Command Change(
        CliContext context, string name, string description, Func<ParseResult, LeaseOperation> operation, params Option[] more)
    {
        var (connection, json) = (new LeasesConnection(), JsonOption());
        var shards = new Option<ShardId[]>("--shard", "-s")
        {
            Description = "Change only this shard; can be repeated [default: all shards]",
            HelpName = "SHARD",
            CustomParser = Shards,
        };
        var force = new Option<bool>("--force")
        {
            Description = "Also change leases of running workers, which then process some records again",
        };
        var yes = new Option<bool>("--yes", "-y") { Description = "Make the changes [default: only show them]" };
        var command = new Command(name, description) { shards, force, yes, json };
        foreach (var option in more)
        {
            command.Options.Add(option);
        }

        connection.AddTo(command);
        command.SetAction((parsed, stop) => WithAsync(context, connection, parsed, async (leases, administrator) =>
        {
            var chosen = parsed.GetResult(shards) is { Implicit: false } ? parsed.GetValue(shards) : null;
            var plan = await administrator.PlanAsync(operation(parsed), chosen, parsed.GetValue(force),
                stop).ConfigureAwait(false);
            return await FinishAsync(context, administrator, plan, leases.Where, parsed.GetValue(yes), parsed.GetValue(json),
                stop).ConfigureAwait(false);
        }));
        return command;
    }

    private static Command Adopt(CliContext context)
    {
        var (connection, json, stream) = (new LeasesConnection(), JsonOption(), new AdoptedStream());
        var force = new Option<bool>("--force") { Description = "Also change leases of running workers" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Make the changes without asking" };
        var command = new Command("adopt", "Assign leases of another stream to the configured stream. Asks before it makes changes.")
        {
            force, yes, json,
        };
        stream.AddTo(command);
        connection.AddTo(command);
        command.SetAction((parsed, stop) => WithAsync(context, connection, parsed, async (leases, administrator) =>
        {
            var operation = await stream.DescribeAsync(context, parsed, leases, stop).ConfigureAwait(false);
            var plan = await administrator.PlanAsync(operation, null, parsed.GetValue(force), stop).ConfigureAwait(false);
            var apply = parsed.GetValue(yes);
            if (!apply && !parsed.GetValue(json) && context.IsInteractive && plan is { CanApply: true, HasWrites: true })
            {
                await context.Output.WriteAsync(LeasesText.Plan(plan, null, leases.Where).AsMemory(), stop).ConfigureAwait(false);
                await context.Output.WriteAsync("Make these changes? [y/N] ".AsMemory(), stop).ConfigureAwait(false);
                apply = (await context.Input.ReadLineAsync(stop).ConfigureAwait(false))?.Trim() is "y" or "Y" or "yes";
                if (!apply)
                {
                    await context.Output.WriteLineAsync("Nothing was changed.".AsMemory(), stop).ConfigureAwait(false);
                    return ExitCode.Done;
                }
            }

            return await FinishAsync(context, administrator, plan, leases.Where, apply, parsed.GetValue(json), stop).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> FinishAsync(
        CliContext context, LeaseAdministrator administrator, LeasePlan plan, string where, bool apply, bool json, CancellationToken stop)
    {
        var outcomes = apply && plan.CanApply ? await administrator.ApplyAsync(plan, stop).ConfigureAwait(false) : null;
        await context.Output.WriteAsync((json ? LeasesJson.Plan(plan, outcomes) : LeasesText.Plan(plan, outcomes, where)).AsMemory(),
            stop).ConfigureAwait(false);
        return plan.CanApply && (outcomes?.All(static o => o.Status == Leasing.LeaseWriteStatus.Written) ?? true)
            ? ExitCode.Done
            : ExitCode.Failed;
    }

    private static async Task<int> WithAsync(
        CliContext context, LeasesConnection connection, ParseResult parsed, Func<LeaseConnection, LeaseAdministrator, Task<int>> action)
    {
        using var loggers = context.CreateLoggerFactory(parsed.GetValue(CliContext.Verbose));
        var leases = connection.Open(context, parsed, loggers);
        await using (leases.ConfigureAwait(false))
        {
            return await action(leases, new(leases.Store, leases.FailoverTime, context.Time)).ConfigureAwait(false);
        }
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON" };

    private static ShardId[] Shards(System.CommandLine.Parsing.ArgumentResult result)
    {
        var shards = new List<ShardId>();
        foreach (var token in result.Tokens)
        {
            try
            {
                shards.Add(new(token.Value));
            }
            catch (ArgumentException)
            {
                result.AddError($"'{token.Value}' is not a shard id, for example shardId-000000000000.");
            }
        }

        return [.. shards];
    }
}
