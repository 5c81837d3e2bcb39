using Microsoft.CodeAnalysis;
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
            foreach (var type in tree.GetRoot().DescendantNodes().SelectMany(node => UsedTypes(model, node)))
            {
                if (type.OriginalDefinition.Locations.FirstOrDefault(static location => location.IsInSource)
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

    // A name uses the type that it names, or the type that declares the member it names. Some expressions have a type without a name.
    private static IEnumerable<INamedTypeSymbol> UsedTypes(SemanticModel model, SyntaxNode node) => node switch
    {
        SimpleNameSyntax name => UsedTypes(SymbolOf(model, name)),
        ImplicitObjectCreationExpressionSyntax or CollectionExpressionSyntax => Unwrap(model.GetTypeInfo(node).Type),
        ParameterSyntax { Type: null } parameter => Unwrap((model.GetDeclaredSymbol(parameter) as IParameterSymbol)?.Type),
        _ => [],
    };

    // A name that fits several members, as in nameof, is ambiguous; the members have one type.
    private static ISymbol? SymbolOf(SemanticModel model, SimpleNameSyntax name)
    {
        var info = model.GetSymbolInfo(name);
        return info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
    }

    private static IEnumerable<INamedTypeSymbol> UsedTypes(ISymbol? symbol) => symbol switch
    {
        IAliasSymbol alias => UsedTypes(alias.Target),
        ITypeSymbol type => Unwrap(type),
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => Unwrap(symbol.ContainingType),
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> Unwrap(ITypeSymbol? type) => type switch
    {
        INamedTypeSymbol named => named.TypeArguments.SelectMany(Unwrap).Prepend(named),
        IArrayTypeSymbol array => Unwrap(array.ElementType),
        IPointerTypeSymbol pointer => Unwrap(pointer.PointedAtType),
        _ => [],
    };
}
