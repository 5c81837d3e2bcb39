namespace Kcl.Integration.Tests.Interop;

/// <summary>The folder of the published Java workers, as specified with <c>./test.sh --interop DIR</c>.</summary>
internal static class JavaWorkers
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("KCL_INTEROP_JAVA");

    /// <summary>
    /// Returns the script that runs Amazon's MultiLangDaemon with a properties file. Skips the running test if no folder was given.
    /// </summary>
    public static string MultiLangDaemon()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "Not asked for: ./test.sh --interop DIR runs fleets with the Java workers in DIR.");
        var script = Path.Combine(Folder!, "multilang.sh");
        Assert.True(File.Exists(script), $"--interop: '{script}' is missing.");
        return script;
    }
}
