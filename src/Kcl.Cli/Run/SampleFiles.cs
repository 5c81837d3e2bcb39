namespace Kcl.Cli.Run;

/// <summary>Finds the samples that come with the program: next to the published program, or in the checkout.</summary>
internal static class SampleFiles
{
    /// <summary>Returns the folder of the samples.</summary>
    /// <exception cref="ConfigurationException">The samples were not found.</exception>
    public static string FindFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null)
        {
            var samples = Path.Combine(folder, "samples");
            if (File.Exists(Path.Combine(samples, "sample.properties")))
            {
                return samples;
            }

            folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder));
        }

        throw new ConfigurationException(
            $"There is no folder 'samples' in {AppContext.BaseDirectory} or a folder above it. Use --sample in a checkout, or specify "
            + "a properties file.");
    }

    /// <summary>Returns the sample properties file.</summary>
    /// <exception cref="ConfigurationException">The samples were not found.</exception>
    public static string FindProperties() => Path.Combine(FindFolder(), "sample.properties");

    /// <summary>
    /// Returns an environment in which the sample runs in any directory. The sample names its program relative to the parent of
    /// <c>samples</c>.
    /// </summary>
    /// <param name="environment">Reads other environment variables.</param>
    public static Func<string, string?> CreateEnvironment(Func<string, string?> environment) =>
        variable => environment(variable) ?? (variable == "KCL_CHILD_WORKING_DIRECTORY" ? Path.GetDirectoryName(FindFolder()) : null);
}
