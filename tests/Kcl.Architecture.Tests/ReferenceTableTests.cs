namespace Kcl.Architecture.Tests;

public class ReferenceTableTests
{
    private static readonly ReferenceTable Table = ReferenceTable.Parse(Repository.Read("docs/architecture.md"));

    [Fact]
    public void Every_project_references_only_what_the_page_allows()
    {
        var violations = Repository.Files("src", "*.csproj")
            .SelectMany(path => Table.Violations(
                Path.GetFileNameWithoutExtension(path),
                ReferenceTable.ReferencesOf(File.ReadAllText(path))));

        Assert.Empty(violations);
    }

    [Fact]
    public void Every_project_of_the_page_exists() =>
        Assert.Empty(Table.Projects.Except(Repository.Files("src", "*.csproj").Select(path => Path.GetFileNameWithoutExtension(path))));

    [Fact]
    public void A_planted_arrow_is_found()
    {
        var planted = Repository.Read("src/Kcl.LocalKinesis/Kcl.LocalKinesis.csproj")
            .Replace("""<ProjectReference Include="..\Kcl.Kinesis\Kcl.Kinesis.csproj" />""", """<ProjectReference Include="..\Kcl\Kcl.csproj" />""", StringComparison.Ordinal);

        Assert.Equal(
            ["Kcl.LocalKinesis → Kcl is not in the table of docs/architecture.md"],
            Table.Violations("Kcl.LocalKinesis", ReferenceTable.ReferencesOf(planted)));
    }

    [Fact]
    public void A_planted_project_is_found() =>
        Assert.Equal(["Kcl.Extra is not in the table of docs/architecture.md"], Table.Violations("Kcl.Extra", []));
}
