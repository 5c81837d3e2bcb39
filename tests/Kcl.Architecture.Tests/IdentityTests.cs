using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kcl.Architecture.Tests;

/// <summary>Tests that shards of several streams cannot be confused: collections are keyed by the shard and its stream.</summary>
public class IdentityTests
{
    private static readonly string[] Keyed = ["Dictionary", "HashSet", "Lookup", "Set"];

    [Theory]
    [InlineData("Kcl")]
    [InlineData("Kcl.Daemon")]
    public void No_collection_is_keyed_by_the_id_of_a_shard(string project) => Report.None(
        Violations(SourceProject.Load(project))
            .Where(static violation =>

                // The list of one stream, and the texts of a plan for one stream.
                !violation.StartsWith("Streams/ShardTree.cs", StringComparison.Ordinal)
                && !violation.StartsWith("Leasing/Administration/LeasePlanNotes.cs", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Dictionary<ShardId, int> _x = [];")]
    [InlineData("void M(IReadOnlySet<ShardId> x) { }")]
    [InlineData("void M(List<ShardId> x) { var y = x.ToHashSet(); }")]
    [InlineData("void M(List<ShardId> x) { var y = x.ToLookup(id => id); }")]
    public void Planted_collections_are_found(string member) => Assert.Single(Violations(SourceProject.Create(
        "Planted",
        [("A.cs", $"using Kcl; namespace Planted; class A {{ {member} }}"), ("B.cs", "namespace Kcl; record struct ShardId;")])));

    private static SortedSet<string> Violations(SourceProject project)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tree in project.Compilation.SyntaxTrees)
        {
            var model = project.Compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is INamedTypeSymbol { TypeArguments: [{ Name: "ShardId" }, ..] } type
                    && Keyed.Any(keyed => type.Name.EndsWith(keyed, StringComparison.Ordinal)))
                {
                    found.Add($"{tree.FilePath} has a {type.Name} of ShardId");
                }
            }
        }

        return found;
    }
}
