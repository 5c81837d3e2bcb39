using System.Xml.Linq;

namespace Kcl.Architecture.Tests;

public class DependencyPageTests
{
    [Fact]
    public void The_page_gives_a_reason_for_every_package() =>
        Assert.Empty(Missing(Repository.Read("Directory.Packages.props"), Repository.Read("docs/dependencies.md")));

    [Fact]
    public void A_package_without_a_row_is_found() =>
        Assert.Equal(["B"], Missing("""<Project><ItemGroup><PackageVersion Include="A" Version="1"/><PackageVersion Include="B" Version="2"/></ItemGroup></Project>""", "| `A` | reason |\n| `B` | |\n"));

    private static IEnumerable<string> Missing(string packages, string page)
    {
        var rows = page.Split('\n').Select(line => line.Trim().Trim('|').Split('|')).Where(cells => cells.Length >= 2 && cells[1].Trim().Length > 0).Select(cells => cells[0]).ToArray();
        return XDocument.Parse(packages).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value)
            .Where(package => !rows.Any(cell => cell.Contains($"`{package}`", StringComparison.Ordinal)));
    }
}
