using System.Globalization;

namespace Kcl.Unit.Tests.Kinesis;

/// <summary>
/// The number of inputs of the tests that corrupt the bytes of decoders: few by default, any number with <c>KCL_FUZZ_INPUTS</c>.
/// </summary>
internal static class Fuzz
{
    public static long Inputs { get; } = long.TryParse(
        Environment.GetEnvironmentVariable("KCL_FUZZ_INPUTS"),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var inputs)
        ? inputs
        : 5_000;
}
