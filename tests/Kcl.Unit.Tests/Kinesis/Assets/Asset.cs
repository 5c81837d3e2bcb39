namespace Kcl.Unit.Tests.Kinesis.Assets;

internal static class Asset
{
    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "assets", "kinesis", name));
}
