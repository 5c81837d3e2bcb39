using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Logging;

namespace Kcl.Leases.DynamoDb;

/// <summary>Sees to it that the lease table is there and usable.</summary>
internal sealed class LeaseTable(DynamoDbCalls calls, DynamoDbLeaseStoreOptions options, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Creates the table if that is wanted and needed, waits until it is usable, and checks its key.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var pause = FirstPause;
        var waited = false;
        while (true)
        {
            var table = await DescribeAsync(cancellationToken).ConfigureAwait(false)
                ?? await TryCreateAsync(cancellationToken).ConfigureAwait(false);
            if (Judge(table) is var verdict && verdict == Usability.Usable)
            {
                RequireKey(table!);
                break;
            }

            if (verdict == Usability.Unusable)
            {
                throw new InvalidStateException($"Lease table '{calls.Table}' is {table!.TableStatus}: it cannot be used until "
                    + "somebody mends that (encryption key, archive).");
            }

            waited = true;
            if (time.GetElapsedTime(began) is var elapsed && elapsed + pause > options.TableReadyTimeout)
            {
                throw new DependencyException($"Lease table '{calls.Table}' was still {table?.TableStatus?.Value ?? "missing"} "
                    + $"after {elapsed.TotalSeconds:0} s. DynamoDB may be slow; check the table in the console.");
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }

        if (waited)
        {
            logger.TableReady(calls.Table, time.GetElapsedTime(began).TotalMilliseconds);
        }

        if (options.PointInTimeRecovery)
        {
            await EnablePointInTimeRecoveryAsync(began, cancellationToken).ConfigureAwait(false);
        }
    }

    private enum Usability { Usable, NotYet, Unusable }

    private static Usability Judge(TableDescription? table) => table?.TableStatus?.Value switch
    {
        null or "CREATING" or "DELETING" => Usability.NotYet,
        "ACTIVE" or "UPDATING" => Usability.Usable,
        _ => Usability.Unusable,
    };

    private void RequireKey(TableDescription table)
    {
        var isOurs = table.KeySchema is [{ } key] && key.KeyType == KeyType.HASH && key.AttributeName == Attributes.Key
            && (table.AttributeDefinitions ?? []).Any(static a => a.AttributeName == Attributes.Key
                && a.AttributeType == ScalarAttributeType.S);
        if (!isOurs)
        {
            var found = string.Join(", ", (table.KeySchema ?? []).Select(static k => $"{k.AttributeName} ({k.KeyType})"));
            throw new InvalidStateException(
                $"Table '{calls.Table}' is not a lease table: its key is {found}, expected is the single hash key "
                    + $"'{Attributes.Key}' of type S. It belongs to something else; choose another application or table name.");
        }
    }

    private async Task<TableDescription?> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var response = await calls.PatientlyAsync(
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
            throw new InvalidStateException($"The lease table '{calls.Table}' does not exist and creating it is switched off. "
                + $"Create it with the single hash key '{Attributes.Key}' of type S, or allow its creation.");
        }

        var request = CreateRequest(calls.Table, options);
        logger.CreatingTable(calls.Table, options.Provisioned is { } p
            ? string.Create(CultureInfo.InvariantCulture, $"{p.ReadUnits} read and {p.WriteUnits} write units")
            : "on demand");
        try
        {
            var response = await calls.PatientlyAsync(
                "CreateTable",
                calls.Table,
                (client, token) => client.CreateTableAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            return response.TableDescription;
        }
        catch (DependencyException e) when (e.InnerException
            is ResourceInUseException or TableInUseException or TableAlreadyExistsException)
        {
            // Another worker was first; wait for its table.
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

    private async Task EnablePointInTimeRecoveryAsync(long began, CancellationToken cancellationToken)
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
                await calls.PatientlyAsync(
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
                && time.GetElapsedTime(began) < options.TableReadyTimeout)
            {
                // Backups of a table that was just created are not available for some seconds.
                await Task.Delay(LongestPause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
