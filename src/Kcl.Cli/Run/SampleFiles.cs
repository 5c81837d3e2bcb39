namespace Kcl.Cli.Run;

/// <summary>The samples shipped with the program: beside it when it was published, in the checkout when it runs from one.</summary>
internal static class SampleFiles
{
    /// <summary>The folder of the samples.</summary>
    /// <exception cref="ConfigurationException">There are none.</exception>
    public static string Folder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder =
            Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)))
        {
            var samples = Path.Combine(folder, "samples");
            if (File.Exists(Path.Combine(samples, "sample.properties")))
            {
                return samples;
            }
        }

        throw new ConfigurationException(
            $"There are no samples beside {AppContext.BaseDirectory} or above it. Run --sample from a checkout, or name a properties "
            + $"file.");
    }

    /// <summary>The sample properties.</summary>
    /// <exception cref="ConfigurationException">There are none.</exception>
    public static string Properties() => Path.Combine(Folder(), "sample.properties");

    /// <summary>
    /// Settings that make the sample run from anywhere: it names its program as seen from the folder that <c>samples</c> is in.
    /// </summary>
    /// <param name="then">Where other variables come from.</param>
    public static Func<string, string?> Environment(Func<string, string?> then) =>
        variable => then(variable) ?? (variable == "KCL_CHILD_WORKING_DIRECTORY" ? Path.GetDirectoryName(Folder()) : null);
}
