namespace Kcl.Integration.Tests.Workers;

/// <summary>Finds the built program and starts it as a process.</summary>
internal static class KclProgramFiles
{
    // In the same configuration as this project.
    private static readonly string Assembly = Path.Combine(
        TestTools.Root,
        "artifacts",
        "bin",
        "Kcl.Cli",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "Kcl.Cli.dll");

    private static readonly Dictionary<string, string> NoAccount = new()
    {
        // An AWS account that is configured on the machine must not affect the test.
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    /// <summary>Starts the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Additional environment variables.</param>
    /// <param name="workingDirectory">The working directory.</param>
    /// <param name="input">The text of standard input.</param>
    /// <param name="redirection">
    /// The redirection of the standard streams, in shell syntax, for example <c>2>/dev/full</c>; null for pipes that this test reads.
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
