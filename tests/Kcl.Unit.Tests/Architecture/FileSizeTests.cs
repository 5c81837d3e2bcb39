namespace Kcl.Unit.Tests.Architecture;

public class FileSizeTests
{
    private const int MostLines = 500;

    /// <summary>A file this long usually talks to the wire, holds state and decides; it wants splitting along those lines.</summary>
    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        string[] folders = ["src", "tests", "samples", "bench"];
        Assert.Empty(folders.SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Select(path => (path, lines: File.ReadLines(path).Count()))
            .Where(file => IsTooLong(file.lines))
            .Select(file => $"{Path.GetRelativePath(Repository.Root, file.path)} has {file.lines} lines; at most {MostLines} are accepted"));
    }

    [Fact]
    public void The_limit_bites()
    {
        Assert.False(IsTooLong(MostLines));
        Assert.True(IsTooLong(MostLines + 1));
    }

    private static bool IsTooLong(int lines) => lines > MostLines;
}
