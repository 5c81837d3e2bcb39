using System.Globalization;
using System.Runtime.Versioning;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>
/// Tests records that contain protocol messages, and children that print them. No record may cause a checkpoint or an acknowledgment.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class PrintedRecordsTests
{
    private const string Everything = """{"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null}""";
    private const string Event = """{"action":"checkpoint","player":"bob","level":3}""";
    private const string Answer = """{"action":"status","responseFor":"processRecords"}""";
    private const string Nested = """{"level":"info","event":{"action":"checkpoint"}}""";

    /// <summary>Texts that may be printed as a separate line if a library does not write an empty line before its messages.</summary>
    private static readonly string[] Harmless = ["nothing special", Event, Nested];

    public static MatrixTheoryData<string, string> Evil => new(
        ["kclpy --alone", "aws-kcl --alone", "dotnet", "loop"],
        ["nothing special", Everything, Event, Answer, Nested, """{"action": "status", "responseFor": "processRecords"}"""]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Evil))]
    public async Task A_child_that_dies_without_a_checkpoint_leaves_every_record_to_the_next(string framing, string evil)
    {
        var alone = framing.Contains("--alone", StringComparison.Ordinal) || Harmless.Contains(evil) ? " --alone" : "";
        await RunAsync($"python3 {Script("printing_child.py")} {framing.Split(' ')[0]} MARKER{alone}", evil, "life 2 saw k0");
    }

    /// <summary>The batch in progress must not count as answered, because the checkpoint would cover the next batch.</summary>
    [Theory]
    [InlineData("kclpy --alone", Answer)]
    [InlineData("aws-kcl --alone", Answer)]
    [InlineData("dotnet", Answer)]
    [InlineData("loop", Answer)]
    [InlineData("kclpy --alone", Everything)]
    [InlineData("dotnet", Everything)]
    public async Task A_checkpoint_covers_the_batches_that_the_child_answered_and_no_other(string framing, string evil)
    {
        var alone = framing.Contains("--alone", StringComparison.Ordinal) ? " --alone" : "";
        await RunAsync($"python3 {Script("printing_child.py")} {framing.Split(' ')[0]} MARKER --checkpoint{alone}", evil, "life 2 saw k5");
    }

    [Theory]
    [InlineData("nothing special")]
    [InlineData(Everything)]
    [InlineData(Event)]
    [InlineData(Answer)]
    [InlineData(Nested)]
    public async Task Nor_does_it_with_aws_kcl(string evil)
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await RunAsync($"node {Script("printing_aws_kcl_child.js")} MARKER", evil, "life 2 saw k0");
    }

    [Fact]
    public async Task Nor_does_it_answer_a_batch_with_aws_kcl()
    {
        TestTools.Require(Directory.Exists(Path.Combine(TestTools.NodeModules, "aws-kcl")), "aws-kcl from npm");
        await RunAsync($"node {Script("printing_aws_kcl_child.js")} MARKER --checkpoint", Answer, "life 2 saw k5");
    }

    /// <summary>Ten records in batches of five. The third one contains a message. The first child ends after the fifth record.</summary>
    private static async Task RunAsync(string executable, string evil, string resumed)
    {
        using var folder = new TemporaryFolder();
        await using var daemon = new LocalDaemon();
        await daemon.CreateAsync(
            executable.Replace("MARKER", folder.File("died"), StringComparison.Ordinal),
            "maxRecords = 5",
            $"childEnvironment = NODE_PATH={TestTools.NodeModules}",
            "taskBackoffTimeMillis = 100");
        await daemon.PutAsync([.. Enumerable.Range(0, 10).Select(i => ($"k{i}", i == 2 ? evil : $"record {i}"))]);
        daemon.Run();
        await daemon.Log.WaitForAsync("life 2 saw k9");
        await daemon.StopAsync();

        var from = int.Parse(resumed[^1..], CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"life 1 saw k{i}"), Seen(daemon, "life 1"));
        Assert.Equal(Enumerable.Range(from, 10 - from).Select(i => $"life 2 saw k{i}"), Seen(daemon, "life 2"));
    }

    private static IEnumerable<string> Seen(LocalDaemon daemon, string life) =>
        daemon.Log.All.Where(l => l.Contains($"] {life} saw", StringComparison.Ordinal)).Select(l => l.Split("] ")[1]);

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Daemon", name);
}
