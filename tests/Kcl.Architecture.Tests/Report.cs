namespace Kcl.Architecture.Tests;

/// <summary>Fails a test with every problem that was found, one in a line.</summary>
internal static class Report
{
    public static void None(IEnumerable<string> problems)
    {
        var found = problems.ToList();
        Assert.True(found.Count == 0, $"{found.Count} problem(s):{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }
}
