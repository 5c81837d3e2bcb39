namespace Kcl.Architecture.Tests;

/// <summary>Fails a test with a list of all problems, one per line.</summary>
internal static class Report
{
    public static void None(IEnumerable<string> problems)
    {
        var found = problems.ToList();
        Assert.True(found.Count == 0, $"{found.Count} problem(s):{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }
}
