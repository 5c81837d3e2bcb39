namespace Kcl.EndToEnd;

/// <summary>
/// Makes every random pause as short as it can be. With a seeded generator, versions that draw in another order would wait differently.
/// </summary>
internal sealed class NoJitter : Random
{
    public static readonly NoJitter Instance = new();

    public override double NextDouble() => 0;
}
