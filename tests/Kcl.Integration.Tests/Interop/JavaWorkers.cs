namespace Kcl.Integration.Tests.Interop;

/// <summary>The folder with the published Java workers, given to <c>./test.sh --interop DIR</c>.</summary>
internal static class JavaWorkers
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("KCL_INTEROP_JAVA");

    /// <summary>
    /// The script that runs Amazon's MultiLangDaemon with a properties file. Skips the running test where no folder was given.
    /// </summary>
    public static string MultiLangDaemon()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "Not asked for: ./test.sh --interop DIR runs fleets with the Java workers in DIR.");
        var script = Path.Combine(Folder!, "multilang.sh");
        Assert.True(File.Exists(script), $"--interop: '{script}' is missing.");
        return script;
    }
}
