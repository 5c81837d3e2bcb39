using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Kcl.Daemon.Children.Command;
using Kcl.Leasing.Administration;

namespace Kcl.Cli.Leases;

/// <summary>The command <c>kcl leases</c>, which shows and changes the leases of an application.</summary>
internal static class LeasesCommand
{
    // The option's name for AT_TIMESTAMP, which is stored in the lease. The stored form is accepted too.
    private const string Timestamp = "TIMESTAMP";

    private const string ForceDescription =
        "Also change leases of running workers. They lose the leases; records since the last checkpoint may be processed again";

    private static readonly string[] NamedPositions = [.. InitialPosition.Named.Select(static p => p.ToString())];

    public static Command Create(CliContext context) => new("leases", "Show and change the leases and checkpoints of an application.")
    {
        CreateListCommand(context),
        CreateShowCommand(context),
        CreateChangeCommand(
            context,
            "release",
            "Remove the owners of leases, so that running workers take them. Checkpoints are kept.",
            static _ => LeaseOperation.Release),
        CreateResetCommand(context),
        CreateChangeCommand(context, "delete", "Delete leases and their checkpoints.", static _ => LeaseOperation.Delete),
        CreateAdoptCommand(context),
    };

    private static Command CreateListCommand(CliContext context)
    {
        var (options, json) = (new LeaseConnectionOptions(), CreateJsonOption());
        var command = new Command("list", "List all leases with owner, counter and checkpoint.") { json };
        options.AddTo(command);
        command.SetAction((parsed, stop) => ConnectAsync(context, options, parsed, async (connection, administrator) =>
        {
            var all = await administrator.ListAsync(stop).ConfigureAwait(false);
            await context.Output.WriteAsync(
                (parsed.GetValue(json) ? LeasesJson.Leases(all, all.Unreadable) : LeasesText.List(all, connection.Location)).AsMemory(),
                stop).ConfigureAwait(false);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command CreateShowCommand(CliContext context)
    {
        var (options, json) = (new LeaseConnectionOptions(), CreateJsonOption());
        var shard = new Argument<ShardId>("shard")
        {
            Description = "The shard, for example shardId-000000000000",
            HelpName = "SHARD",
            CustomParser = static result => ParseShards(result) is [var only] ? only : default,
        };
        var command = new Command("show", "Show all attributes of a lease.") { shard, json };
        options.AddTo(command);
        command.SetAction((parsed, stop) => ConnectAsync(context, options, parsed, async (_, administrator) =>
        {
            var shardId = parsed.GetValue(shard);
            var all = await administrator.ListAsync(stop).ConfigureAwait(false);
            var found = all.Where(l => l.ShardId == shardId).ToArray();
            var unreadable = all.Unreadable.Where(row => row.Key.Value == shardId.Value).ToArray();
            if (found.Length + unreadable.Length == 0)
            {
                throw new InvalidStateException($"There is no lease for {shardId}. 'kcl leases list' lists all leases.");
            }

            var text = parsed.GetValue(json)
                ? LeasesJson.Leases(found, unreadable)
                : string.Concat([.. found.Select(LeasesText.Show), .. unreadable.Select(LeasesText.Show)]);
            await context.Output.WriteAsync(text.AsMemory(), stop).ConfigureAwait(false);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command CreateResetCommand(CliContext context)
    {
        var storedTimestamp = ExtendedSequenceNumber.AtTimestamp;
        var to = new Option<string>("--to")
        {
            Description = $"Where the shards resume: {string.Join(", ", NamedPositions)}, or {Timestamp} for the start "
                + "timestamp in the workers' configuration",
            Required = true,
            HelpName = "POSITION",
        };
        to.AcceptOnlyFromAmong([.. NamedPositions, Timestamp, storedTimestamp.ToString()]);
        return CreateChangeCommand(
            context,
            "reset",
            "Set checkpoints to another position.",
            parsed => LeaseOperation.Reset(
                InitialPosition.TryParse(parsed.GetRequiredValue(to), out var position) ? position.Checkpoint : storedTimestamp),
            to);
    }

    private static Command CreateChangeCommand(
        CliContext context, string name, string description, Func<ParseResult, LeaseOperation> operation, params Option[] additionalOptions)
    {
        var (options, json) = (new LeaseConnectionOptions(), CreateJsonOption());
        var shards = new Option<ShardId[]>("--shard", "-s")
        {
            Description = "Change only this shard; can be repeated [default: all shards]",
            HelpName = "SHARD",
            CustomParser = ParseShards,
        };
        var force = new Option<bool>("--force")
        {
            Description = ForceDescription,
        };
        var yes = new Option<bool>("--yes", "-y") { Description = "Apply the changes [default: only show them]" };
        var command = new Command(name, description) { shards, force, yes, json };
        foreach (var option in additionalOptions)
        {
            command.Options.Add(option);
        }

        options.AddTo(command);
        command.SetAction((parsed, stop) => ConnectAsync(context, options, parsed, async (connection, administrator) =>
        {
            // Null means all leases; an empty array would mean none.
            var chosen = parsed.GetResult(shards) is { Implicit: false } ? parsed.GetValue(shards) : null;
            var plan = await administrator.PlanAsync(operation(parsed), chosen, parsed.GetValue(force), stop).ConfigureAwait(false);
            return await ApplyIfConfirmedAsync(
                context, administrator, plan, connection.Location, parsed.GetValue(yes), parsed.GetValue(json), stop).ConfigureAwait(false);
        }));
        return command;
    }

    private static Command CreateAdoptCommand(CliContext context)
    {
        var (options, json, stream) = (new LeaseConnectionOptions(), CreateJsonOption(), new AdoptedStreamOptions());
        var force = new Option<bool>("--force") { Description = ForceDescription };
        var yes = new Option<bool>("--yes", "-y") { Description = "Apply the changes without asking" };
        var command = new Command("adopt", "Assign leases of another stream to the configured stream. Asks before it applies changes.")
        {
            force, yes, json,
        };
        stream.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, stop) => ConnectAsync(context, options, parsed, async (connection, administrator) =>
        {
            var operation = await stream.DescribeAsync(context, parsed, connection, stop).ConfigureAwait(false);
            var plan = await administrator.PlanAsync(operation, null, parsed.GetValue(force), stop).ConfigureAwait(false);
            var apply = parsed.GetValue(yes);
            if (!apply && !parsed.GetValue(json) && context.IsInteractive && plan is { CanApply: true, HasWrites: true })
            {
                await context.Output.WriteAsync(LeasesText.Plan(plan, null, connection.Location).AsMemory(), stop).ConfigureAwait(false);
                await context.Output.WriteAsync("Apply these changes? [y/N] ".AsMemory(), stop).ConfigureAwait(false);
                apply = (await context.Input.ReadLineAsync(stop).ConfigureAwait(false))?.Trim() is "y" or "Y" or "yes";
                if (!apply)
                {
                    await context.Output.WriteLineAsync("Nothing was changed.".AsMemory(), stop).ConfigureAwait(false);
                    return ExitCode.Done;
                }
            }

            return await ApplyIfConfirmedAsync(context, administrator, plan, connection.Location, apply, parsed.GetValue(json), stop)
                .ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> ApplyIfConfirmedAsync(
        CliContext context, LeaseAdministrator administrator, LeasePlan plan, string location, bool apply, bool json,
        CancellationToken stop)
    {
        var outcomes = apply && plan.CanApply ? await administrator.ApplyAsync(plan, stop).ConfigureAwait(false) : null;
        await context.Output.WriteAsync((json ? LeasesJson.Plan(plan, outcomes) : LeasesText.Plan(plan, outcomes, location)).AsMemory(),
            stop).ConfigureAwait(false);
        return plan.CanApply && (outcomes?.All(static o => o.Status == Leasing.LeaseWriteStatus.Written) ?? true)
            ? ExitCode.Done
            : ExitCode.Failed;
    }

    private static async Task<int> ConnectAsync(
        CliContext context, LeaseConnectionOptions options, ParseResult parsed, Func<LeaseConnection, LeaseAdministrator, Task<int>> action)
    {
        using var loggers = context.CreateLoggerFactory(parsed.GetValue(CliContext.Verbose));
        var connection = options.Open(context, parsed, loggers);
        await using (connection.ConfigureAwait(false))
        {
            return await action(connection, new(connection.Store, connection.FailoverTime, context.Time)).ConfigureAwait(false);
        }
    }

    private static Option<bool> CreateJsonOption() => new("--json") { Description = "Print JSON" };

    private static ShardId[] ParseShards(System.CommandLine.Parsing.ArgumentResult result)
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
                result.AddError($"'{token.Value}' is not a shard id; expected, for example, shardId-000000000000.");
            }
        }

        return [.. shards];
    }
}
