using System.Text.RegularExpressions;

namespace Kcl.Architecture.Tests;

/// <summary>Tests that the files and types in the path of a record in docs/architecture.md exist.</summary>
public partial class WalkTests
{
    private const int MaxSteps = 20;

    [Fact]
    public void Every_step_of_the_walk_names_files_that_exist()
    {
        var steps = StepsOf(Repository.Read("docs/architecture.md"));

        Assert.InRange(steps.Count, 1, MaxSteps);
        Report.None(Problems(steps, static file => File.Exists(Path.Combine(Repository.Root, "src", file))));
    }

    [Fact]
    public void A_step_without_a_file_and_a_file_that_does_not_exist_are_found()
    {
        const string Page = "## The walk of a record, from bytes to row\n\n1. It is read: `Kcl/A.cs`.\n2. It is\n   decoded: "
            + "`Kcl/B.cs`.\n3. It has no file.\n\n## Next\n4. `Kcl/C.cs`\n";

        Assert.Equal(
            ["Kcl/B.cs does not exist", "no file is named: 3. It has no file."],
            Problems(StepsOf(Page), static file => file == "Kcl/A.cs"));
    }

    private static IReadOnlyList<string> StepsOf(string page)
    {
        var lines = page.Split('\n').SkipWhile(static line => !line.StartsWith("## The walk of a record", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. Step()
            .Split(string.Join('\n', lines))
            .Select(static step => step.Trim())
            .Where(static step => char.IsAsciiDigit(step.FirstOrDefault()))];
    }

    private static IEnumerable<string> Problems(IReadOnlyList<string> steps, Func<string, bool> exists)
    {
        foreach (var step in steps)
        {
            var files = SourceFile().Matches(step).Select(static match => match.Groups[1].Value).ToList();
            if (files.Count == 0)
            {
                yield return $"no file is named: {step}";
            }

            foreach (var file in files.Where(file => !exists(file)))
            {
                yield return $"{file} does not exist";
            }
        }
    }

    [GeneratedRegex(@"^(?=\d+\. )", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"`([\w./]+\.cs)`")]
    private static partial Regex SourceFile();
}
