using Amazon.DynamoDBv2.Model;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Determines the mode of the fleet that uses the lease table. Reads the rows in which KCL 3.x workers store their mode, and never writes
/// them.
/// </summary>
internal sealed class FleetInspection(DynamoDbCalls calls, DynamoDbLeaseStoreOptions options, ILogger logger)
{
    private const string ClientVersionKey = "Migration3.0";
    private const string TableMigrationKey = "TableMigration3.5";
    private int _unreadableLogged;

    /// <summary>Determines the mode of the fleet.</summary>
    /// <param name="listed">The leases, as last listed.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public async Task<LeaseFleet> InspectAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken)
    {
        var coordinator = TableNames.CoordinatorState(options.ApplicationName);
        var (coordinatorState, tableMigration) =
            await ReadAsync(coordinator, "key", TableMigrationKey, "tm", cancellationToken).ConfigureAwait(false);
        string? version = null;
        string? versionTable = null;

        // After KCL 3.5 has moved all state into the lease table, the coordinator table is no longer valid. Before that, it takes
        // precedence.
        if (coordinatorState == CoordinatorTableState.Readable && tableMigration != "TABLE_MIGRATION_STATUS_COMPLETE")
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
            && coordinatorState == CoordinatorTableState.Unreadable
            && await HasOwnerIndexAsync(cancellationToken).ConfigureAwait(false);
        return new FleetEvidence(
            calls.Table,
            coordinator,
            coordinatorState,
            version,
            versionTable,
            hasOwnerIndex,
            listed.Count(static l => l.CheckpointOwner is not null)).Evaluate();
    }

    private async Task<(CoordinatorTableState State, string? Value)> ReadAsync(
        string table,
        string keyAttribute,
        string key,
        string attribute,
        CancellationToken cancellationToken)
    {
        var request = new GetItemRequest
        {
            TableName = table,
            Key = new(StringComparer.Ordinal) { [keyAttribute] = LeaseItem.ToText(key) },
            ConsistentRead = true,
        };

        try
        {
            var response = await calls.TableAsync(
                "GetItem",
                table,
                (client, token) => client.GetItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            return (
                CoordinatorTableState.Readable,
                response.IsItemSet && response.Item.TryGetValue(attribute, out var value) ? value.S : null);
        }
        catch (InvalidStateException e) when (e.InnerException is ResourceNotFoundException && table != calls.Table)
        {
            return (CoordinatorTableState.Absent, null);
        }
        catch (InvalidStateException e) when (table != calls.Table)
        {
            // The permissions of a 2.x fleet include only the lease table.
            if (Interlocked.Exchange(ref _unreadableLogged, 1) == 0)
            {
                logger.CoordinatorTableUnreadable(table, e.InnerException?.Message ?? e.Message);
            }

            return (CoordinatorTableState.Unreadable, null);
        }
    }

    private async Task<bool> HasOwnerIndexAsync(CancellationToken cancellationToken)
    {
        var response = await calls.TableAsync(
            "DescribeTable",
            calls.Table,
            (client, token) => client.DescribeTableAsync(calls.Table, token),
            cancellationToken).ConfigureAwait(false);
        return (response.Table?.GlobalSecondaryIndexes ?? []).Any(static i => i.IndexName == Attributes.OwnerIndex);
    }
}
