using System.Buffers;

namespace Kcl.Leases.DynamoDb;

/// <summary>Names of DynamoDB tables.</summary>
internal static class TableNames
{
    /// <summary>The characters that the name of a table can contain.</summary>
    public static readonly SearchValues<char> Characters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    /// <summary>Returns the name of the table in which KCL 3.0–3.4 store the mode of the fleet and the lock of its leader.</summary>
    public static string CoordinatorState(string applicationName) => applicationName + "-CoordinatorState";
}
