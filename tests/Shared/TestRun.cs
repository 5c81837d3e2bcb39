using System.Globalization;

namespace Kcl.Tests.Shared;

/// <summary>How much the running suite tries: what ./test.sh says, and with --long more.</summary>
internal static class TestRun
{
    private static readonly string? GivenSeed = Environment.GetEnvironmentVariable("KCL_TEST_SEED");

    /// <summary>Whether the long suite runs: KCL_TEST_LONG is 1, as ./test.sh --long sets it.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("KCL_TEST_LONG") == "1";

    /// <summary>How often to try something.</summary>
    public static int Count(int plain, int atLength) => IsLong ? atLength : plain;

    /// <summary>The seeds to try: new ones each time, or the one of KCL_TEST_SEED, to repeat a failure.</summary>
    public static IEnumerable<int> Seeds(int count)
    {
        if (GivenSeed is not null)
        {
            return [int.Parse(GivenSeed, CultureInfo.InvariantCulture)];
        }

        var first = Random.Shared.Next(int.MaxValue - count);
        return Enumerable.Range(first, count);
    }

    /// <summary>Says with a failure how to repeat it.</summary>
    public static string Repeat(int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"To repeat this history set KCL_TEST_SEED={seed}.");
}
