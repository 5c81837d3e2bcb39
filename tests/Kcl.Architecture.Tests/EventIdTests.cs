namespace Kcl.Architecture.Tests;

public class EventIdTests
{
    private static readonly EventIds Ids = EventIds.Parse(Repository.Read("docs/architecture.md"));

    [Fact]
    public void Every_id_is_unique_and_in_the_range_of_its_room()
    {
        Assert.NotEqual(0, Ids.RangeCount);
        Assert.Empty(Ids.Violations(Repository.Files("src", "*.cs")
            .Select(path => (Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)))));
    }

    [Fact]
    public void Planted_faults_are_found()
    {
        const string Table = "| range | room |\n|---|---|\n| 10–19 | `Kcl` Leasing |\n| 15–29 | `Kcl` Retrieval and Streams "
            + "|\n| 30–39 | `Kcl.Cli` |\n";
        (string, string)[] sources =
        [
            ("src/Kcl/Leasing/Log.cs", "[LoggerMessage(10, LogLevel.Debug, \"a\")] [LoggerMessage(EventId = 31, Level = LogLevel.Debug)]"),
            ("src/Kcl/Streams/Log.cs", "[LoggerMessage(EventId = 20)]\n[LoggerMessage(20)]"),
            ("src/Kcl.Cli/Run/Log.cs", "[LoggerMessage(30)]"),
        ];

        Assert.Equal(
            [
                "the ranges 10–19 and 15–29 overlap",
                "src/Kcl/Leasing/Log.cs: event id 31 is not in a range docs/architecture.md gives to this room",
                "src/Kcl/Streams/Log.cs: event id 20 is also used in src/Kcl/Streams/Log.cs",
            ],
            EventIds.Parse(Table).Violations(sources));
    }
}
