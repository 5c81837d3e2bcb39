using Kcl.Leasing;

namespace Kcl.Leases.DynamoDb;

/// <summary>The facts that determine the mode of a fleet.</summary>
/// <param name="LeaseTable">The lease table.</param>
/// <param name="CoordinatorTable">The table in which KCL 3.0–3.4 store their state.</param>
/// <param name="Coordinator">The state of the coordinator table.</param>
/// <param name="ClientVersion">The attribute <c>cv</c> of the row <c>Migration3.0</c>; null if there is no such row.</param>
/// <param name="ClientVersionTable">The table in which that row was found.</param>
/// <param name="HasOwnerIndex">
/// True if the lease table has the index that only KCL 3.x creates. The index is searched for only if the coordinator table cannot be read.
/// </param>
/// <param name="PendingHandOffs">The number of rows with a checkpoint owner, which only KCL 3.x writes.</param>
internal sealed record FleetEvidence(
    string LeaseTable,
    string CoordinatorTable,
    CoordinatorTableState Coordinator,
    string? ClientVersion,
    string? ClientVersionTable,
    bool HasOwnerIndex,
    int PendingHandOffs)
{
    private string ClientVersionRow => $"Migration3.0 of table {ClientVersionTable}";

    /// <summary>Determines the mode of the fleet.</summary>
    public LeaseFleet Evaluate() => ClientVersion switch
    {
        null when Coordinator == CoordinatorTableState.Unreadable && (HasOwnerIndex || PendingHandOffs > 0) => new()
        {
            Mode = LeaseFleetMode.Unknown,
            Evidence = $"lease table '{LeaseTable}' was used by KCL 3.x ({DescribeTraces()}), and table '{CoordinatorTable}', "
                + "which contains the mode of the fleet, cannot be read",
            Advice = $"Allow dynamodb:GetItem on table '{CoordinatorTable}' and start again.",
        },
        null => new() { Mode = LeaseFleetMode.Taking, Evidence = $"no KCL 3.x state in lease table '{LeaseTable}'" },
        "CLIENT_VERSION_INIT" or "CLIENT_VERSION_2X" or "CLIENT_VERSION_UPGRADE_FROM_2X" => new()
        {
            Mode = LeaseFleetMode.Taking,
            Evidence = $"row '{ClientVersionRow}' contains {ClientVersion}: the workers take leases, as in KCL 2.x",
        },
        "CLIENT_VERSION_3X" or "CLIENT_VERSION_3X_WITH_ROLLBACK" => new()
        {
            Mode = LeaseFleetMode.Assigned,
            Evidence = $"row '{ClientVersionRow}' contains {ClientVersion}: a KCL 3.x leader assigns the leases"
                + (PendingHandOffs > 0 ? $", and {PendingHandOffs} hand-off(s) are pending" : ""),
            Advice = "This worker takes leases as KCL 2.x does, which would conflict with that leader. "
                + (ClientVersion == "CLIENT_VERSION_3X_WITH_ROLLBACK"
                    ? "Roll the fleet back to 2.x mode with Amazon's KclMigrationTool (--mode rollback), then start this worker; "
                    : $"Stop every KCL 3.x worker, remove row '{ClientVersionRow}' (checkpoints are preserved), then start this worker; ")
                + "or start it under another application name.",
        },
        _ => new()
        {
            Mode = LeaseFleetMode.Unknown,
            Evidence = $"row '{ClientVersionRow}' contains '{ClientVersion}', which this version does not know",
            Advice = "Find out which program wrote it. Start this worker only if the workers take leases as in KCL 2.x.",
        },
    };

    private string DescribeTraces() => string.Join(
        " and ",
        ((string?[])[
            HasOwnerIndex ? $"it has index {Attributes.OwnerIndex}" : null,
            PendingHandOffs > 0 ? $"{PendingHandOffs} hand-off(s) are pending" : null,
        ]).OfType<string>());
}
