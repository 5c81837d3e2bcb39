namespace Kcl.Daemon.Configuration;

/// <summary>Reads properties files from the disk.</summary>
internal static class PropertiesFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The content.</returns>
    /// <exception cref="ConfigurationException">The file does not exist or cannot be read.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(path, $"does not exist (relative paths start at {Directory.GetCurrentDirectory()}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unusable(path, $"cannot be read: {e.Message}", e);
        }
    }

    private static ConfigurationException Unusable(string path, string problem, Exception cause) =>
        new($"The properties file '{path}' {problem} Name a file in Java's .properties syntax, such as samples/sample.properties.", cause);
}
