using System.Globalization;

namespace Kcl.Tests.Shared;

/// <summary>The scope of the test run, which is larger with ./test.sh --long.</summary>
internal static class TestRun
{
    private static readonly string? GivenSeed = Environment.GetEnvironmentVariable("KCL_TEST_SEED");

    /// <summary>Gets a value indicating whether the long suite runs: KCL_TEST_LONG is 1, as ./test.sh --long sets it.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("KCL_TEST_LONG") == "1";

    /// <summary>Returns the number of attempts.</summary>
    public static int Count(int plain, int atLength) => IsLong ? atLength : plain;

    /// <summary>Returns the seeds: new ones each time, or the seed in KCL_TEST_SEED, which repeats a failure.</summary>
    public static IEnumerable<int> Seeds(int count)
    {
        if (GivenSeed is not null)
        {
            return [int.Parse(GivenSeed, CultureInfo.InvariantCulture)];
        }

        var first = Random.Shared.Next(int.MaxValue - count);
        return Enumerable.Range(first, count);
    }

    /// <summary>Adds to a failure how to repeat it.</summary>
    public static string Repeat(int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"To repeat this history set KCL_TEST_SEED={seed}.");
}
