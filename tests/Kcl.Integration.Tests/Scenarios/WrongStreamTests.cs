using Kcl.Cli;
using Kcl.Cli.Internal;
using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that a worker does not start if its leases belong to another stream than the configured one, until an operator assigns the
/// leases to the stream.
/// </summary>
public sealed class WrongStreamTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_with_the_wrong_stream_ends_and_writes_nothing()
    {
        await using var right = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, Stop);
        await using var wrong = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, Stop);
        await using var fleet = new Fleet(right);
        await ConsumeAsync(fleet, right, new());
        var before = await RowsAsync(fleet);

        var refused = fleet.Start(new() { Name = "w2", StreamName = wrong.Name.Value });
        Assert.True(await refused.Process.WaitForExitAsync(WaitTimeout, Stop) == ExitCode.Failed, fleet.Describe());
        Assert.Contains(right.Name.Value, refused.Process.Error, StringComparison.Ordinal);
        Assert.Contains(wrong.Name.Value, refused.Process.Error, StringComparison.Ordinal);
        Assert.Contains("kcl leases adopt", refused.Process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", refused.Process.Error, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync(fleet));

        // The worker with the right stream continues at its checkpoints.
        await right.PutAsync(50, Stop);
        await ConsumeAsync(fleet, right, new() { Name = "w3" });
        await fleet.AssertInvariantsAsync(Stop);
    }

    [Fact]
    public async Task Leases_that_do_not_name_their_stream_are_refused_where_their_checkpoints_cannot_be_of_it()
    {
        await using var right = await TestStream.CreateAsync(park, ServerKind.KinesisLocal, 2, Stop);
        await using var fleet = new Fleet(right);
        await ConsumeAsync(fleet, right, new());

        // As Amazon's KCL, or an earlier version of this library, writes them.
        await using (var store = new SqliteLeaseStore(fleet.LeaseFile, "app"))
        {
            foreach (var row in await store.ListAsync(Stop))
            {
                await store.TryWriteAsync(
                    row.Key,
                    LeaseWrite.Describe(new() { PrivateAttributes = row.PrivateAttributes.Keys.ToDictionary(
                        static k => k,
                        static _ => (string?)null) }),
                    Stop);
            }
        }

        var before = await RowsAsync(fleet);
        await using var wrong = await TestStream.CreateAsync(park, ServerKind.KinesisLocal, 2, Stop);
        var refused = fleet.Start(new() { Name = "w2", StreamName = wrong.Name.Value });
        Assert.True(await refused.Process.WaitForExitAsync(WaitTimeout, Stop) == ExitCode.Failed, fleet.Describe());
        Assert.Contains("kcl leases adopt", refused.Process.Error, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync(fleet));
    }

    [Fact]
    public async Task An_operator_adopts_the_leases_after_a_question()
    {
        await using var former = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, Stop);
        await using var present = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, Stop);
        await using var fleet = new Fleet(former);
        await ConsumeAsync(fleet, former, new());
        var events = fleet.Ledger.Read().Count;
        var worker = fleet.Start(new() { Name = "w2", StreamName = present.Name.Value });
        Assert.Equal(ExitCode.Failed, await worker.Process.WaitForExitAsync(WaitTimeout, Stop));
        var before = await RowsAsync(fleet);

        // The plan is shown, and the question is answered with no.
        var (code, output) = await RunAsync("n\n", "leases", "adopt", "-p", worker.Properties);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("restarts at TRIM_HORIZON", output, StringComparison.Ordinal);
        Assert.Contains("Apply these changes? [y/N]", output, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", output, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync(fleet));

        // Without a terminal, the command only shows the plan.
        (code, output) = await RunAsync(null, "leases", "adopt", "-p", worker.Properties);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("--yes", output, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync(fleet));

        // Without a properties file, the stream must be specified.
        string[] leases = ["--application", "app", "--local", "--local-directory", fleet.Folder];
        Assert.Equal(ExitCode.BadConfiguration, (await RunAsync(null, ["leases", "adopt", .. leases])).Code);
        (code, output) = await RunAsync(
            null,
            [
                "leases",
                "adopt",
                .. leases,
                "--stream",
                present.Name.Value,
                "--kinesis-endpoint",
                present.Endpoint.ToString(),
                "--yes",
                "--json",
            ]);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("\"operation\": \"adopt\"", output, StringComparison.Ordinal);

        // The command is run again: there is nothing to change.
        (code, output) = await RunAsync("y\n", "leases", "adopt", "-p", worker.Properties);
        Assert.Equal(ExitCode.Done, code);
        Assert.DoesNotContain("Apply these changes?", output, StringComparison.Ordinal);

        await present.PutAsync(50, Stop);
        var adopted = fleet.Start(new() { Name = "w4", StreamName = present.Name.Value });
        await fleet.UntilAsync(
            "all of the adopted stream delivered",
            all => all.Skip(events)
                .Where(static e => e.Kind == LedgerEventKind.Delivered)
                .Select(static e => e.Number)
                .ToHashSet()
                .IsSupersetOf(present.Numbers),
            Stop);
        await fleet.StopAsync(adopted, Stop);
    }

    private static async Task ConsumeAsync(Fleet fleet, TestStream stream, DaemonWorkerOptions options)
    {
        await stream.PutAsync(50, Stop);
        var worker = fleet.Start(options);
        await fleet.DeliveredAsync(stream.Numbers, Stop);
        await fleet.StopAsync(worker, Stop);
    }

    private static async Task<string> RowsAsync(Fleet fleet)
    {
        await using var store = new SqliteLeaseStore(fleet.LeaseFile, "app");
        return string.Join('\n', (await store.ListAsync(Stop)).Select(static l =>
            $"{l.Key} {l.Counter} {l.Checkpoint} {l.Owner} {string.Join(',', l.PrivateAttributes)}"));
    }

    private static async Task<(int Code, string Output)> RunAsync(string? answer, params string[] arguments)
    {
        using var input = new StringReader(answer ?? "");
        using var output = new StringWriter();
        var code = await KclProgram.RunAsync(
            arguments,
            new(input, output, TextWriter.Null, TimeProvider.System, Stop) { IsInteractive = answer is not null });
        return (code, output.ToString());
    }
}
