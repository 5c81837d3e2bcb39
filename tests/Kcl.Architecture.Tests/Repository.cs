using System.Runtime.CompilerServices;

namespace Kcl.Architecture.Tests;

/// <summary>The checkout from which these tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>Returns the source files in a folder, without the output of builds.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
                .Where(path => !path.Split(Path.DirectorySeparatorChar)
                    .Any(part => part is "artifacts" or "bin" or "obj" or "node_modules"))
            : [];

    private static string Find([CallerFilePath] string thisFile = "")
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
