using System.Runtime.CompilerServices;

namespace Kcl.Integration.Tests;

/// <summary>Finds the tools that test.sh installed, and the folder of this checkout.</summary>
internal static class TestTools
{
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the folder of the npm packages; see tests/tools/package.json.</summary>
    public static string NodeModules { get; } = Path.Combine(Root, "artifacts", "test-tools", "node_modules");

    /// <summary>Gets a Python 3 with boto3, if test.sh found or installed one.</summary>
    public static string Python { get; } = Environment.GetEnvironmentVariable("KCL_TEST_PYTHON") ?? "python3";

    private static bool InCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Skips the running test if a prerequisite is missing; in CI, fails it.</summary>
    public static void Require(bool available, string what)
    {
        if (!available && InCi)
        {
            Assert.Fail($"{what} is missing, and in CI nothing may be; run ./test.sh, which installs it.");
        }

        Assert.SkipUnless(available, $"{what} is missing; ./test.sh installs it.");
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Kcl.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder
            ?? throw new InvalidOperationException($"There is no Kcl.slnx above {thisFile}: the tests must run where they were built.");
    }
}
