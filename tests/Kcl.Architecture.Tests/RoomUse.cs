using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kcl.Architecture.Tests;

/// <summary>Finds which rooms each room of a project uses, by the types in its code.</summary>
internal static class RoomUse
{
    /// <summary>Returns the uses that the table does not allow, once for each file and type.</summary>
    public static IEnumerable<string> Violations(SourceProject project, RoomTable table)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tree in project.Compilation.SyntaxTrees)
        {
            var room = table.RoomOf(tree.FilePath);
            if (room != RoomTable.Root && !table.Rooms.Contains(room))
            {
                found.Add($"{project.Name}/{room} has no row in docs/architecture.md");
                continue;
            }

            var model = project.Compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (name.Parent is MemberAccessExpressionSyntax access
                    && access.Name == name
                    && access.Parent is not InvocationExpressionSyntax)
                {
                    continue;
                }

                var type = model.GetSymbolInfo(name).Symbol switch
                {
                    INamedTypeSymbol named => named,
                    IMethodSymbol { IsExtensionMethod: true } method => method.ContainingType,
                    _ => null,
                };
                if (type?.OriginalDefinition.Locations.FirstOrDefault(static location => location.IsInSource)
                    is not { SourceTree: { } declared })
                {
                    continue;
                }

                var other = table.RoomOf(declared.FilePath);
                if (!table.Allows(room, other))
                {
                    found.Add($"{project.Name}/{tree.FilePath} uses {other}/{type.Name}, but {room} may not use {other}");
                }
            }
        }

        return found;
    }
}
