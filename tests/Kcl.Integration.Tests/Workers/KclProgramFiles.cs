namespace Kcl.Integration.Tests.Workers;

/// <summary>The built program, run as its users run it: as a process.</summary>
internal static class KclProgramFiles
{
    // Beside this project's own output, in the same configuration.
    private static readonly string Assembly = Path.Combine(
        TestTools.Root,
        "artifacts",
        "bin",
        "Kcl.Cli",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "Kcl.Cli.dll");

    private static readonly Dictionary<string, string> NoAccount = new()
    {
        // A machine that has an account configured must not be able to make a difference.
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    /// <summary>Starts the program.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">More environment variables.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="redirection">
    /// Where its standard streams go, as a shell writes it, for example <c>2>/dev/full</c>; null for pipes that this test reads.
    /// </param>
    public static ExternalProcess Start(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null,
        string? input = null,
        string? redirection = null)
    {
        var all = new Dictionary<string, string>(NoAccount);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        string[] program = ["dotnet", "exec", Assembly, .. arguments];
        return redirection is null
            ? ExternalProcess.Start(program[0], program[1..], all, workingDirectory, input)
            : ExternalProcess.Start("sh", ["-c", $"exec \"$@\" {redirection}", "sh", .. program], all, workingDirectory, input);
    }
}
