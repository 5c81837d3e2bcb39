using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Finds out which kind of fleet the table belongs to: reads the rows by which KCL 3.x workers agree on their mode, and never writes them.
/// </summary>
internal sealed class FleetInspection(DynamoDbCalls calls, DynamoDbLeaseStoreOptions options, ILogger logger)
{
    private const string ClientVersionKey = "Migration3.0";
    private const string TableMigrationKey = "TableMigration3.5";
    private int _hiddenReported;

    public async Task<LeaseFleet> InspectAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken)
    {
        var coordinator = TableNames.CoordinatorState(options.ApplicationName);
        var (legacy, tableMigration) = await ReadAsync(
            coordinator,
            "key",
            TableMigrationKey,
            "tm",
            cancellationToken).ConfigureAwait(false);
        string? version = null, versionTable = null;

        // Once the move of KCL 3.5 into one table is complete, only the lease table counts; until then the older table comes first.
        if (legacy == TableState.Readable && tableMigration != "TABLE_MIGRATION_STATUS_COMPLETE")
        {
            (_, version) = await ReadAsync(coordinator, "key", ClientVersionKey, "cv", cancellationToken).ConfigureAwait(false);
            versionTable = coordinator;
        }

        if (version is null)
        {
            (_, version) = await ReadAsync(calls.Table, Attributes.Key, ClientVersionKey, "cv", cancellationToken).ConfigureAwait(false);
            versionTable = calls.Table;
        }

        var hasOwnerIndex = version is null
            && legacy == TableState.Hidden
            && await HasOwnerIndexAsync(cancellationToken).ConfigureAwait(false);
        return FleetEvidence.Evaluate(new(
            calls.Table,
            coordinator,
            legacy,
            version,
            versionTable,
            hasOwnerIndex,
            listed.Count(static l => l.CheckpointOwner is not null)));
    }

    private async Task<(TableState State, string? Value)> ReadAsync(
        string table,
        string keyAttribute,
        string key,
        string attribute,
        CancellationToken cancellationToken)
    {
        var request = new GetItemRequest
        {
            TableName = table,
            Key = new(StringComparer.Ordinal) { [keyAttribute] = LeaseItem.Text(key) },
            ConsistentRead = true,
        };

        try
        {
            var response = await calls.PatientlyAsync(
                "GetItem",
                table,
                (client, token) => client.GetItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            return (TableState.Readable, response.IsItemSet && response.Item.TryGetValue(attribute, out var value) ? value.S : null);
        }
        catch (InvalidStateException e) when (e.InnerException is ResourceNotFoundException && table != calls.Table)
        {
            return (TableState.Absent, null);
        }
        catch (InvalidStateException e) when (table != calls.Table)
        {
            // A 2.x fleet's permissions name the lease table only.
            if (Interlocked.Exchange(ref _hiddenReported, 1) == 0)
            {
                logger.CoordinatorTableHidden(table, e.InnerException?.Message ?? e.Message);
            }

            return (TableState.Hidden, null);
        }
    }

    private async Task<bool> HasOwnerIndexAsync(CancellationToken cancellationToken)
    {
        var response = await calls.PatientlyAsync(
            "DescribeTable",
            calls.Table,
            (client, token) => client.DescribeTableAsync(calls.Table, token),
            cancellationToken).ConfigureAwait(false);
        return (response.Table?.GlobalSecondaryIndexes ?? []).Any(static i => i.IndexName == Attributes.OwnerIndex);
    }
}

/// <summary>Whether a table is there and may be read.</summary>
internal enum TableState { Absent, Readable, Hidden }

/// <summary>What was seen of a fleet.</summary>
/// <param name="LeaseTable">The lease table.</param>
/// <param name="CoordinatorTable">Where KCL 3.0–3.4 keep their state.</param>
/// <param name="Coordinator">Whether that table is there.</param>
/// <param name="ClientVersion">The <c>cv</c> of the row <c>Migration3.0</c>; null where there is no such row.</param>
/// <param name="ClientVersionTable">Where that row was found.</param>
/// <param name="HasOwnerIndex">
/// Whether the lease table has the index only KCL 3.x makes; looked for only where the coordinator table may not be read.
/// </param>
/// <param name="PendingHandOffs">Rows that name a worker which still processes: only 3.x writes those.</param>
internal sealed record FleetEvidence(
    string LeaseTable, string CoordinatorTable, TableState Coordinator, string? ClientVersion, string? ClientVersionTable, bool HasOwnerIndex, int PendingHandOffs)
{
    /// <summary>Concludes the mode of the fleet.</summary>
    public static LeaseFleet Evaluate(FleetEvidence seen) => seen.ClientVersion switch
    {
        null when seen.Coordinator == TableState.Hidden && (seen.HasOwnerIndex || seen.PendingHandOffs > 0) => new()
        {
            Mode = LeaseFleetMode.Unknown,
            Evidence = $"lease table '{seen.LeaseTable}' shows traces of KCL 3.x ({Traces(seen)}), and table "
                + $"'{seen.CoordinatorTable}', which holds its mode, cannot be read",
            Advice = $"Allow dynamodb:GetItem on table '{seen.CoordinatorTable}' and start again.",
        },
        null => new() { Mode = LeaseFleetMode.Taking, Evidence = $"no KCL 3.x state in lease table '{seen.LeaseTable}'" },
        "CLIENT_VERSION_INIT" or "CLIENT_VERSION_2X" or "CLIENT_VERSION_UPGRADE_FROM_2X" => new()
        {
            Mode = LeaseFleetMode.Taking,
            Evidence = $"row '{ClientVersionRow(seen)}' says {seen.ClientVersion}: the fleet takes leases as KCL 2.x does",
        },
        "CLIENT_VERSION_3X" or "CLIENT_VERSION_3X_WITH_ROLLBACK" => new()
        {
            Mode = LeaseFleetMode.Assigned,
            Evidence = $"row '{ClientVersionRow(seen)}' says {seen.ClientVersion}: a KCL 3.x leader assigns the leases"
                + (seen.PendingHandOffs > 0 ? $", and {seen.PendingHandOffs} hand-off(s) are pending" : ""),
            Advice = "This worker takes leases as KCL 2.x does and would work against that leader. "
                + (seen.ClientVersion == "CLIENT_VERSION_3X_WITH_ROLLBACK"
                    ? "Roll the fleet back to 2.x mode with Amazon's KclMigrationTool (--mode rollback), then start this worker; "
                    : $"Stop every KCL 3.x worker, remove row '{ClientVersionRow(seen)}' (checkpoints stay where they are), then "
                        + "start this worker; ")
                + "or start it under another application name.",
        },
        _ => new()
        {
            Mode = LeaseFleetMode.Unknown,
            Evidence = $"row '{ClientVersionRow(seen)}' says '{seen.ClientVersion}', which this version does not know",
            Advice = "Find out which program wrote it. Start this worker only when the fleet takes leases as KCL 2.x does.",
        },
    };

    private static string ClientVersionRow(FleetEvidence seen) => $"Migration3.0 of table {seen.ClientVersionTable}";

    private static string Traces(FleetEvidence seen) =>
        string.Join(
            " and ",
            ((string?[])[
                seen.HasOwnerIndex ? $"index {Attributes.OwnerIndex}" : null,
                seen.PendingHandOffs > 0 ? $"{seen.PendingHandOffs} pending hand-offs" : null,
            ]).OfType<string>());
}
