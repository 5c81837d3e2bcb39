namespace Kcl.Architecture.Tests;

public class RoomTests
{
    private const string Page =
        """
        ## Rooms of `src/Planted`

        | room | purpose | may use |
        |---|---|---|
        | `(root)` | top | `Upper`, `Lower` |
        | `Upper` | above | `Lower` |
        | `Upper/Left` | part of it | – |
        | `Upper/Right` | part of it | – |
        | `Lower` | below | – |

        ## Something else

        | `Lower` | below | `Upper` |
        """;

    public static TheoryData<string> Projects => [.. SourceProject.Names];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_room_uses_only_what_the_page_allows(string name)
    {
        var project = SourceProject.Load(name);
        var hasRooms = project.Compilation.SyntaxTrees.Any(static tree => tree.FilePath.Contains('/', StringComparison.Ordinal));
        var table = RoomTable.Parse(Repository.Read("docs/architecture.md"), name);

        if (hasRooms)
        {
            Assert.NotNull(table);
            Report.None(table.Problems());
            Report.None(RoomUse.Violations(project, table));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_room_of_the_page_exists(string name)
    {
        var rooms = RoomTable.Parse(Repository.Read("docs/architecture.md"), name)?.Rooms ?? [];

        Assert.All(
            rooms.Where(static room => room != RoomTable.Root),
            room => Assert.True(Directory.Exists(Path.Combine(Repository.Root, "src", name, room)), room));
    }

    [Fact]
    public void A_use_that_the_page_does_not_allow_is_found()
    {
        var project = SourceProject.Create("Planted",
        [
            ("Lower/Base.cs", "namespace Planted.Lower; class Base { Upper.Top? _top; }"),
            ("Lower/Words.cs", "namespace Planted; static class Words { public static int Twice(this int x) => x * 2; }"),
            ("Upper/Top.cs", "namespace Planted.Upper; class Top : Lower.Base { int x = 1.Twice(); }"),
            (
                "Upper/Left/A.cs",
                "using Planted.Upper.Right; namespace Planted.Upper.Left; class A { void M() { var b = B.Make(); } Top? _t; }"),
            ("Upper/Right/B.cs", "namespace Planted.Upper.Right; class B { public static B Make() => new(); }"),
            ("Attic/Box.cs", "namespace Planted.Attic; class Box;"),
            ("Main.cs", "namespace Planted; class Main { Upper.Left.A? _a; Lower.Base? _b; }"),
        ]);

        Assert.Equal(
            [
                "Planted/Attic has no row in docs/architecture.md",
                "Planted/Lower/Base.cs uses Upper/Top, but Lower may not use Upper",
                "Planted/Upper/Left/A.cs uses Upper/Right/B, but Upper/Left may not use Upper/Right",
            ],
            RoomUse.Violations(project, RoomTable.Parse(Page, "Planted")!));
    }

    [Theory]
    [InlineData("int _x = Planted.Upper.Top.Number;")]
    [InlineData("int _x = Planted.Upper.Top.Make();")]
    [InlineData("Planted.Upper.Mood _x = Planted.Upper.Mood.Good;")]
    [InlineData("string _x = nameof(Planted.Upper.Top);")]
    [InlineData("string _x = nameof(Planted.Upper.Top.Number);")]
    [InlineData("[Planted.Upper.Mark] int _x;")]
    [InlineData("int _x = Number;")]
    [InlineData("object _x = new Tops();")]
    [InlineData("Tops? _x;")]
    [InlineData("object _x = Planted.Lower.Hatch.Open.Next;")]
    [InlineData("void M() => Planted.Lower.Hatch.Take(top => { });")]
    [InlineData("void M() => Planted.Lower.Hatch.Give(new());")]
    [InlineData("void M() { var x = Planted.Lower.Hatch.Open; }")]
    [InlineData("System.Func<int> _x = 1.Thrice;")]
    public void Every_form_of_use_is_found(string member)
    {
        var project = SourceProject.Create("Planted",
        [
            (
                "Upper/Top.cs",
                """
                namespace Planted.Upper;
                class Top { public const int Number = 1; public static int Make() => 1; public Top? Next; }
                enum Mood { Good }
                class MarkAttribute : System.Attribute;
                static class Words { public static int Thrice(this int x) => 3 * x; }
                """),

            // An allowed room hands out the types of a forbidden one. The table below lets it use that room.
            (
                "Lower/Hatch.cs",
                """
                namespace Planted.Lower;
                static class Hatch
                {
                    public static Upper.Top Open => new();
                    public static void Take(System.Action<Upper.Top> take) { }
                    public static void Give(Upper.Top top) { }
                }
                """),
            (
                "Main.cs",
                "global using static Planted.Upper.Top; global using Planted.Upper; global using Tops = "
                    + "System.Collections.Generic.List<Planted.Upper.Top>;"),
            ("Side/A.cs", $"namespace Planted.Side; class A {{ {member} }}"),
        ]);
        var page = Page.Replace(
            "| `Lower` | below | – |",
            "| `Lower` | below | `Upper` |\n| `Side` | beside | `Lower` |",
            StringComparison.Ordinal);

        Assert.Contains(
            RoomUse.Violations(project, RoomTable.Parse(page, "Planted")!),
            static violation => violation.StartsWith("Planted/Side/A.cs uses Upper/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_circle_in_the_page_is_found()
    {
        var page = Page.Replace("| below | – |", "| below | `Upper`, `Cellar` |", StringComparison.Ordinal);

        Assert.Equal(
            ["Lower may use Cellar, which has no row", "Upper is in a circle", "Lower is in a circle"],
            RoomTable.Parse(page, "Planted")!.Problems());
    }
}
