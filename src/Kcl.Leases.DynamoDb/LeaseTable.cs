using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Leases.DynamoDb;

/// <summary>Creates the lease table if necessary, and waits until it is usable.</summary>
internal sealed class LeaseTable(DynamoDbCalls calls, DynamoDbLeaseStoreOptions options, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan MinPollDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPollDelay = TimeSpan.FromSeconds(1);

    /// <summary>Creates the table if it does not exist and its creation is enabled, waits until it is usable, and checks its key.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var delay = MinPollDelay;
        var waited = false;
        while (true)
        {
            var table = await DescribeAsync(cancellationToken).ConfigureAwait(false)
                ?? await TryCreateAsync(cancellationToken).ConfigureAwait(false);
            var state = GetState(table);
            if (state == LeaseTableState.Usable)
            {
                ThrowIfKeyDiffers(table!);
                break;
            }

            if (state == LeaseTableState.Unusable)
            {
                throw new InvalidStateException($"Lease table '{calls.Table}' has status {table!.TableStatus} and cannot be "
                    + "used. Restore access to its encryption key, or restore the table from its archive.");
            }

            waited = true;
            if (time.GetElapsedTime(startedAt) is var elapsed && elapsed + delay > options.TableReadyTimeout)
            {
                throw new DependencyException($"Lease table '{calls.Table}' was still {table?.TableStatus?.Value ?? "missing"} "
                    + $"after {elapsed.TotalSeconds:0} s. DynamoDB may be slow; check the table in the console.");
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            delay = Durations.Min(delay * 1.5, MaxPollDelay);
        }

        if (waited)
        {
            logger.TableReady(calls.Table, time.GetElapsedTime(startedAt).TotalMilliseconds);
        }

        if (options.PointInTimeRecovery)
        {
            await EnablePointInTimeRecoveryAsync(startedAt, cancellationToken).ConfigureAwait(false);
        }
    }

    private enum LeaseTableState { Usable, Pending, Unusable }

    private static LeaseTableState GetState(TableDescription? table) => table?.TableStatus?.Value switch
    {
        null or "CREATING" or "DELETING" => LeaseTableState.Pending,
        "ACTIVE" or "UPDATING" => LeaseTableState.Usable,
        _ => LeaseTableState.Unusable,
    };

    private void ThrowIfKeyDiffers(TableDescription table)
    {
        var isLeaseKey = table.KeySchema is [{ } key] && key.KeyType == KeyType.HASH && key.AttributeName == Attributes.Key
            && (table.AttributeDefinitions ?? []).Any(static a => a.AttributeName == Attributes.Key
                && a.AttributeType == ScalarAttributeType.S);
        if (!isLeaseKey)
        {
            var found = string.Join(", ", (table.KeySchema ?? []).Select(static k => $"{k.AttributeName} ({k.KeyType})"));
            throw new InvalidStateException(
                $"Table '{calls.Table}' is not a lease table: its key is {found}; it must be the single hash key "
                    + $"'{Attributes.Key}' of type S. Choose another application name or table name.");
        }
    }

    private async Task<TableDescription?> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var response = await calls.TableAsync(
                "DescribeTable",
                calls.Table,
                (client, token) => client.DescribeTableAsync(calls.Table, token),
                cancellationToken).ConfigureAwait(false);
            return response.Table;
        }
        catch (InvalidStateException e) when (e.InnerException is ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task<TableDescription?> TryCreateAsync(CancellationToken cancellationToken)
    {
        if (!options.CreateTable)
        {
            throw new InvalidStateException($"The lease table '{calls.Table}' does not exist, and its creation is turned off. "
                + $"Create it with the single hash key '{Attributes.Key}' of type S, or turn on its creation.");
        }

        var request = CreateRequest(calls.Table, options);
        logger.CreatingTable(calls.Table, options.Provisioned is { } p
            ? string.Create(CultureInfo.InvariantCulture, $"{p.ReadUnits} read and {p.WriteUnits} write units")
            : "on demand");
        try
        {
            var response = await calls.TableAsync(
                "CreateTable",
                calls.Table,
                (client, token) => client.CreateTableAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            return response.TableDescription;
        }
        catch (DependencyException e) when (e.InnerException
            is ResourceInUseException or TableInUseException or TableAlreadyExistsException)
        {
            // Another worker is creating the table; wait for it.
            return null;
        }
    }

    internal static CreateTableRequest CreateRequest(string table, DynamoDbLeaseStoreOptions options) => new()
    {
        TableName = table,
        AttributeDefinitions = [new(Attributes.Key, ScalarAttributeType.S)],
        KeySchema = [new(Attributes.Key, KeyType.HASH)],
        BillingMode = options.Provisioned is null ? BillingMode.PAY_PER_REQUEST : BillingMode.PROVISIONED,
        ProvisionedThroughput = options.Provisioned is { } capacity ? new(capacity.ReadUnits, capacity.WriteUnits) : null,
        DeletionProtectionEnabled = options.DeletionProtection,
        Tags = options.Tags.Count > 0 ? [.. options.Tags.Select(static t => new Tag { Key = t.Key, Value = t.Value })] : null,
    };

    private async Task EnablePointInTimeRecoveryAsync(long startedAt, CancellationToken cancellationToken)
    {
        var request = new UpdateContinuousBackupsRequest
        {
            TableName = calls.Table,
            PointInTimeRecoverySpecification = new() { PointInTimeRecoveryEnabled = true },
        };

        while (true)
        {
            try
            {
                await calls.TableAsync(
                    "UpdateContinuousBackups",
                    calls.Table,
                    (client, token) => client.UpdateContinuousBackupsAsync(request, token),
                    cancellationToken).ConfigureAwait(false);
                logger.PointInTimeRecoveryOn(calls.Table);
                return;
            }
            catch (InvalidStateException e) when (e.InnerException
                is Amazon.Runtime.AmazonServiceException { ErrorCode: "UnknownOperationException" })
            {
                logger.NoPointInTimeRecovery(calls.Table);
                return;
            }
            catch (DependencyException e) when (e.InnerException is ContinuousBackupsUnavailableException
                && time.GetElapsedTime(startedAt) < options.TableReadyTimeout)
            {
                // Backups become available some seconds after the creation of a table.
                await Task.Delay(MaxPollDelay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
