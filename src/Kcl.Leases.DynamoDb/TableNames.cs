using System.Buffers;

namespace Kcl.Leases.DynamoDb;

internal static class TableNames
{
    public static readonly SearchValues<char> Characters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    /// <summary>Where KCL 3.0–3.4 keep their mode and their leader's lock.</summary>
    public static string CoordinatorState(string applicationName) => applicationName + "-CoordinatorState";
}
