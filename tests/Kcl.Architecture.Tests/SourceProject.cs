using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kcl.Architecture.Tests;

/// <summary>A project of <c>src</c>, compiled from its sources.</summary>
internal sealed class SourceProject
{
    // The usings that ImplicitUsings of Microsoft.NET.Sdk adds.
    private const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private SourceProject(string name, CSharpCompilation compilation)
    {
        Name = name;
        Compilation = compilation;
    }

    public string Name { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>Gets the names of the projects in <c>src</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Repository.Files("src", "*.csproj").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    public static SourceProject Load(string name) =>
        Create(
            name,
            Repository.Files($"src/{name}", "*.cs")
                .Select(path => (Path.GetRelativePath(Path.Combine(Repository.Root, "src", name), path), File.ReadAllText(path))));

    /// <summary>Compiles sources. Paths are relative to the project's folder.</summary>
    public static SourceProject Create(string name, IEnumerable<(string Path, string Text)> sources)
    {
        var trees = sources.Append(("", GlobalUsings))
            .Select(source => CSharpSyntaxTree.ParseText(source.Item2, path: source.Item1.Replace('\\', '/')));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != name)
            .Select(path => MetadataReference.CreateFromFile(path));
        return new(name, CSharpCompilation.Create(name, trees, references, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)));
    }
}
