using System.Buffers;

namespace Kcl;

/// <summary>Validates the names of Kinesis resources.</summary>
internal static class KinesisNames
{
    public static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static readonly SearchValues<char> Characters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    public static bool IsValid(string? value) => value is { Length: >= 1 and <= 128 } && !value.AsSpan().ContainsAnyExcept(Characters);

    public static string Require(string? value, string what) => IsValid(value)
        ? value!
        : throw new ArgumentException(
            $"'{value}' is not a valid {what}; it must be 1 to 128 characters from a-z, A-Z, 0-9, '_', '.' and '-'.", nameof(value));
}
