namespace Kcl.EndToEnd;

/// <summary>
/// Returns 0 for every random number, so that every random pause is as short as possible. With a seeded generator, versions that draw in
/// another order would wait for different times.
/// </summary>
internal sealed class NoJitter : Random
{
    public static readonly NoJitter Instance = new();

    public override double NextDouble() => 0;
}
