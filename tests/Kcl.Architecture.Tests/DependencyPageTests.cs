using System.Xml.Linq;

namespace Kcl.Architecture.Tests;

public class DependencyPageTests
{
    private const string Packages =
        """<Project><ItemGroup><PackageVersion Include="A" Version="1"/><PackageVersion Include="B" Version="2"/></ItemGroup></Project>""";

    [Fact]
    public void The_page_gives_a_reason_for_every_package() =>
        Report.None(WithoutReason(Repository.Read("Directory.Packages.props"), Repository.Read("docs/dependencies.md")));

    [Fact]
    public void A_package_without_a_reason_is_found() => Assert.Equal(["B"], WithoutReason(Packages, "| `A` | reason |\n| `B` | |\n"));

    [Fact]
    public void Every_package_is_referenced()
    {
        string[] folders = ["src", "tests", "samples", "bench"];
        var projects = folders.SelectMany(folder => Repository.Files(folder, "*.csproj").Concat(Repository.Files(folder, "*.props")))
            .Select(File.ReadAllText)
            .Append(Repository.Read("Directory.Build.props"));

        Report.None(WithoutReference(Repository.Read("Directory.Packages.props"), projects));
    }

    [Fact]
    public void A_package_that_no_project_references_is_found() =>
        Assert.Equal(["B"], WithoutReference(Packages, ["""<Project><ItemGroup><PackageReference Include="A"/></ItemGroup></Project>"""]));

    private static IEnumerable<string> WithoutReason(string packages, string page)
    {
        var rows = page.Split('\n')
            .Select(static line => line.Trim().Trim('|').Split('|'))
            .Where(static cells => cells.Length >= 2 && cells[1].Trim().Length > 0)
            .Select(static cells => cells[0])
            .ToArray();
        return NamesOf(packages, "PackageVersion").Where(package => !rows.Any(cell => cell.Contains(
            $"`{package}`",
            StringComparison.Ordinal)));
    }

    private static IEnumerable<string> WithoutReference(string packages, IEnumerable<string> projects) =>
        NamesOf(packages, "PackageVersion").Except(projects.SelectMany(static project => NamesOf(project, "PackageReference")));

    private static IEnumerable<string> NamesOf(string project, string element) =>
        XDocument.Parse(project).Descendants(element).Select(static package => package.Attribute("Include")!.Value);
}
