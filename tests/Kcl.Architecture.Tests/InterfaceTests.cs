using System.Reflection;

namespace Kcl.Architecture.Tests;

/// <summary>Tests that a decorator of a public interface cannot omit a member by mistake.</summary>
public class InterfaceTests
{
    [Fact]
    public void No_member_of_a_public_interface_has_a_default_implementation()
    {
        var interfaces = SourceProject.Names
            .Where(static name => name != "Kcl.Cli")
            .SelectMany(static name => Assembly.Load(name).GetExportedTypes())
            .Where(static type => type.IsInterface).ToList();
        Assert.Contains(interfaces, static type => type.Name == "IKinesisClient");
        Report.None(interfaces.SelectMany(static type => DefaultMembers(type)));
    }

    [Fact]
    public void Planted_faults_are_found() =>
        Assert.Equal(["IPlanted.get_Time", "IPlanted.Stop"], DefaultMembers(typeof(IPlanted)));

    private static IEnumerable<string> DefaultMembers(Type type) => type.GetMethods()
        .Where(static method => method is { IsAbstract: false, IsStatic: false })
        .Select(method => $"{type.Name}.{method.Name}");

    internal interface IPlanted
    {
        int Count { get; }

        int? Time => null;

        void Start();

        void Stop() => Start();
    }
}
