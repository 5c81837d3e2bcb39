namespace Kcl.Leases.DynamoDb;

/// <summary>Specifies whether the coordinator table of KCL 3.0–3.4 exists and can be read.</summary>
internal enum CoordinatorTableState
{
    /// <summary>The table does not exist.</summary>
    Absent,

    /// <summary>The table exists and can be read.</summary>
    Readable,

    /// <summary>The table cannot be read, because a permission is missing.</summary>
    Unreadable,
}
