namespace Kcl.Integration.Tests.Workers;

/// <summary>The built program, run as its users run it: as a process.</summary>
internal static class KclProgramFiles
{
    // Beside this project's own output, in the same configuration.
    private static readonly string Assembly = Path.Combine(TestTools.Root, "artifacts", "bin", "Kcl.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "Kcl.Cli.dll");

    private static readonly Dictionary<string, string> NoAccount = new()
    {
        // A machine that has an account configured must not be able to make a difference.
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    public static ExternalProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null, string? input = null)
    {
        var all = new Dictionary<string, string>(NoAccount);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        return ExternalProcess.Start("dotnet", ["exec", Assembly, .. arguments], all, workingDirectory, input);
    }
}
