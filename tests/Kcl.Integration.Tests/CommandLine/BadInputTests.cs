using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.CommandLine;

/// <summary>
/// Tests that invalid input is reported once, with its name and a remedy, without a stack trace, and with the right exit code.
/// </summary>
public sealed class BadInputTests(ServerPark park) : IDisposable
{
    private const int Failed = 1;
    private const int BadConfiguration = 2;
    private const string Usable = "executableName = python3 -V\napplicationName = app\nstreamName = words\nregionName = us-east-1\n";
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_properties_file() =>
        await AssertRefusedAsync(
            "/nowhere/my.properties",
            BadConfiguration,
            "'/nowhere/my.properties' does not exist",
            "samples/sample.properties");

    [Theory]
    [InlineData("applicationName = app\nstreamName = words\n", "executableName is missing", "the command to run for each shard")]
    [InlineData(Usable + "maxRecord = 5\n", ":5: there is no setting maxRecord", "Did you mean maxRecords?")]
    [InlineData(Usable + "maxRecords = many\n", ":5: maxRecords = many", "a whole number from 1 to 10000")]
    [InlineData(
        "executableName = ./no-such-program\napplicationName = app\nstreamName = words\n",
        "executableName = ./no-such-program",
        "Specify the path of a program")]
    [InlineData(
        "executableName = no-such-program\napplicationName = app\nstreamName = words\n",
        "executableName = no-such-program",
        "add its directory to PATH")]
    public async Task A_properties_file_that_cannot_be_used(string properties, string problem, string remedy) =>
        await AssertRefusedAsync(Write(properties), BadConfiguration, problem, remedy);

    [Fact]
    public async Task All_problems_of_a_file_are_told_at_once()
    {
        var error = await AssertRefusedAsync(
            Write("streamName = words\nmaxRecord = 5\nfailoverTimeMillis = soon\n"),
            BadConfiguration,
            "maxRecord.",
            "failoverTimeMillis = soon");
        Assert.Contains("executableName is missing", error, StringComparison.Ordinal);
        Assert.Contains("applicationName is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_stream()
    {
        var endpoint = await park.EndpointAsync(ServerKind.Embedded);
        await AssertRefusedAsync(
            Write(Usable.Replace("words", "nowhere", StringComparison.Ordinal)
                + $"kinesisEndpoint = {endpoint}\nleaseStore = sqlite:{_folder.File("leases.db")}\n"),
            Failed,
            "Stream nowhere does not exist", "Create it, or check its name");
    }

    [Fact]
    public async Task A_lease_file_that_is_damaged()
    {
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 1, TestContext.Current.CancellationToken);
        var file = _folder.File("leases.db");
        await File.WriteAllTextAsync(
            file,
            string.Concat(Enumerable.Repeat("this is no database. ", 1000)),
            TestContext.Current.CancellationToken);
        await AssertRefusedAsync(
            Write(Usable.Replace("words", stream.Name.Value, StringComparison.Ordinal)
                + $"kinesisEndpoint = {stream.Endpoint}\nleaseStore = sqlite:{file}\n"), Failed, $"'{file}' is not a lease file",
            "Check the path of the lease store (leaseStore in the properties file)");
    }

    [Fact]
    public async Task A_child_that_prints_garbage_is_understood_all_the_same()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 1, cancellation);
        await stream.PutAsync(50, cancellation);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new() { Garbage = true });

        await fleet.DeliveredAsync(stream.Numbers, cancellation);
        await fleet.StopAsync(worker, cancellation);
        await fleet.AssertInvariantsAsync(cancellation);
        Assert.Single(fleet.Ledger.Read(), e => e.Kind == LedgerEventKind.Started);
        Assert.Contains("a stray line, as print() makes it", worker.Process.Error, StringComparison.Ordinal);
    }

    private string Write(string properties)
    {
        var path = _folder.File("my.properties");
        File.WriteAllText(path, properties);
        return path;
    }

    private static async Task<string> AssertRefusedAsync(string file, int exitCode, string problem, string remedy)
    {
        await using var kcl = KclProgramFiles.Start(["run", "-p", file]);
        var code = await kcl.WaitForExitAsync(WaitTimeout, TestContext.Current.CancellationToken);
        Assert.True(code == exitCode, kcl.Describe());
        Assert.Contains(problem, kcl.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, kcl.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", kcl.Error, StringComparison.Ordinal);
        Assert.Single(kcl.Error.Split('\n'), line => line.StartsWith("kcl: ", StringComparison.Ordinal));
        Assert.Empty(kcl.Output);
        return kcl.Error;
    }
}
