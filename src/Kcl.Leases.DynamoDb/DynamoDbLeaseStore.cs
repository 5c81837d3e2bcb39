using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Stores leases in a DynamoDB table. The rows are those that the Java KCL 2.x reads and writes, so Java workers and workers of this
/// library can share a table.
/// </summary>
/// <remarks>
/// Writes change only the attributes that they name; attributes that this version does not know are preserved. The store does not retry.
/// Each call has a timeout (<see cref="DynamoDbLeaseStoreOptions.RequestTimeout"/>). The store is safe for concurrent use.
/// </remarks>
public sealed class DynamoDbLeaseStore : ILeaseStore, IDisposable
{
    private readonly DynamoDbLeaseStoreOptions _options;
    private readonly DynamoDbCalls _calls;
    private readonly LeaseTable _table;
    private readonly FleetInspection _fleet;
    private readonly ILogger<DynamoDbLeaseStore> _logger;
    private readonly IAmazonDynamoDB? _ownedClient;

    /// <summary>Creates a store and a client for it.</summary>
    /// <param name="options">The table, region, endpoint and credentials. They are copied: later changes have no effect.</param>
    /// <param name="loggerFactory">Creates the logger of the store. It is required; <c>NullLoggerFactory.Instance</c> logs nothing.</param>
    /// <param name="timeProvider">The clock; null for <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ConfigurationException">The options are not valid, or no region is known.</exception>
    public DynamoDbLeaseStore(DynamoDbLeaseStoreOptions options, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null)
        : this(
            options,
            static frozen => DynamoDbClientFactory.Create(frozen, Environment.GetEnvironmentVariable),
            ownsClient: true,
            loggerFactory,
            timeProvider)
    {
    }

    /// <summary>Creates a store that uses an existing client. Disable the retries of the client: the caller of the store retries.</summary>
    /// <param name="client">
    /// The client. The store does not dispose it. The region, endpoint and credentials of the options are not used.
    /// </param>
    /// <param name="options">The table and timeouts. They are copied: later changes have no effect.</param>
    /// <param name="loggerFactory">Creates the logger of the store. It is required; <c>NullLoggerFactory.Instance</c> logs nothing.</param>
    /// <param name="timeProvider">The clock; null for <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ConfigurationException">The options are not valid.</exception>
    public DynamoDbLeaseStore(
        IAmazonDynamoDB client, DynamoDbLeaseStoreOptions options, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null)
        : this(options, _ => client, ownsClient: false, loggerFactory, timeProvider)
    {
    }

    private DynamoDbLeaseStore(
        DynamoDbLeaseStoreOptions options,
        Func<DynamoDbLeaseStoreOptions, IAmazonDynamoDB> createClient,
        bool ownsClient,
        ILoggerFactory loggerFactory,
        TimeProvider? timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        var frozen = options.Freeze();
        var clock = timeProvider ?? TimeProvider.System;
        var client = createClient(frozen);
        ArgumentNullException.ThrowIfNull(client);
        _ownedClient = ownsClient ? client : null;
        _options = frozen;
        _logger = QueuedLoggerFactory.Wrap(loggerFactory).CreateLogger<DynamoDbLeaseStore>();
        _calls = new(client, frozen.EffectiveTableName, frozen.RequestTimeout, clock);
        _table = new(_calls, frozen, _logger, clock);
        _fleet = new(_calls, frozen, _logger);
    }

    /// <summary>Gets the name of the lease table.</summary>
    public string TableName => _calls.Table;

    /// <inheritdoc />
    public string ApplicationName => _options.ApplicationName;

    /// <inheritdoc />
    /// <exception cref="InvalidStateException">
    /// The table does not exist and must not be created, it is not a lease table, or an action is denied. The message names the action, the
    /// table and the remedy.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) =>
        await _table.EnsureAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken)
    {
        var segments = await Task.WhenAll(Enumerable.Range(0, _options.ScanSegments)
            .Select(segment => ScanAsync(segment, cancellationToken))).ConfigureAwait(false);
        return segments is [var only] ? only : new(
            [.. segments.SelectMany(static leases => leases)],
            [.. segments.SelectMany(static leases => leases.Unreadable)]);
    }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken)
    {
        var request = LeaseWriteRequests.Get(_calls.Table, key);
        var response = await _calls.RowAsync(
            "GetItem",
            (client, token) => client.GetItemAsync(request, token),
            cancellationToken).ConfigureAwait(false);
        DynamoDbCalls.Count("GetItem", "ok", response.ConsumedCapacity);
        if (!response.IsItemSet)
        {
            return null;
        }

        return LeaseItem.TryRead(response.Item, out var lease, out var problem) || problem is null
            ? lease
            : throw new InvalidStateException($"Row {key} of lease table '{_calls.Table}' cannot be read as a lease: {problem}. "
                + "Correct the row or remove it.");
    }

    /// <inheritdoc />
    /// <remarks>
    /// A row without a lease counter, for example one that was created by hand, is a lease whose counter is -1.
    /// </remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        write.ThrowIfInvalid(key);
        return write.Change switch
        {
            LeaseCreation creation => await CreateAsync(creation.Lease, cancellationToken).ConfigureAwait(false),
            LeaseUpdate { ReleasesLease: true } release =>
                await ReleaseAsync(key, write.Condition, release, cancellationToken).ConfigureAwait(false),
            LeaseUpdate update => await UpdateAsync(key, write.Condition, update, cancellationToken).ConfigureAwait(false),
            _ => await DeleteAsync(key, write.Condition, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        await _fleet.InspectAsync(listed, cancellationToken).ConfigureAwait(false);

    /// <summary>Disposes the client if the store created it.</summary>
    public void Dispose() => _ownedClient?.Dispose();

    private async Task<LeaseWriteResult> CreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        var request = LeaseWriteRequests.Create(_calls.Table, lease);
        try
        {
            var response = await _calls.RowAsync(
                "PutItem",
                (client, token) => client.PutItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            DynamoDbCalls.Count("PutItem", "ok", response.ConsumedCapacity);
            return LeaseWriteResult.Written(Read(request.Item));
        }
        catch (ConditionalCheckFailedException e)
        {
            var found = await ReadFoundRowAsync("PutItem", lease.Key, e, cancellationToken).ConfigureAwait(false);
            return LeaseWriteResult.Conflict(found.Lease);
        }
    }

    private async Task<LeaseWriteResult> UpdateAsync(
        LeaseKey key,
        LeaseCondition condition,
        LeaseUpdate update,
        CancellationToken cancellationToken)
    {
        var request = LeaseWriteRequests.Update(_calls.Table, key, condition, update);
        try
        {
            var response = await _calls.RowAsync(
                "UpdateItem",
                (client, token) => client.UpdateItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            DynamoDbCalls.Count("UpdateItem", "ok", response.ConsumedCapacity);
            return LeaseWriteResult.Written(Read(response.Attributes));
        }
        catch (ConditionalCheckFailedException e)
        {
            return ToResult(await ReadFoundRowAsync("UpdateItem", key, e, cancellationToken).ConfigureAwait(false));
        }
    }

    // A release removes leaseOwner, or checkpointOwner if a hand-off is pending. An update expression has no conditions on its actions, so
    // the usual case, no hand-off, is written first. If a hand-off is pending, a second write completes it.
    private async Task<LeaseWriteResult> ReleaseAsync(
        LeaseKey key,
        LeaseCondition condition,
        LeaseUpdate release,
        CancellationToken cancellationToken)
    {
        var result = await UpdateAsync(key, condition, release, cancellationToken).ConfigureAwait(false);
        return result is { Status: LeaseWriteStatus.Conflict, Current: { CheckpointOwner: { } processing } current }
            && LeaseRow.Admits(condition, current)
            ? await UpdateAsync(key, condition with { CheckpointOwner = new(processing) }, release, cancellationToken).ConfigureAwait(false)
            : result;
    }

    private async Task<LeaseWriteResult> DeleteAsync(LeaseKey key, LeaseCondition condition, CancellationToken cancellationToken)
    {
        var request = LeaseWriteRequests.Delete(_calls.Table, key, condition);
        try
        {
            var response = await _calls.RowAsync(
                "DeleteItem",
                (client, token) => client.DeleteItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            DynamoDbCalls.Count("DeleteItem", "ok", response.ConsumedCapacity);
            return LeaseWriteResult.Written(null);
        }
        catch (ConditionalCheckFailedException e)
        {
            return ToResult(await ReadFoundRowAsync("DeleteItem", key, e, cancellationToken).ConfigureAwait(false));
        }
    }

    private static LeaseWriteResult ToResult((bool Exists, Lease? Lease) found) =>
        found.Exists ? LeaseWriteResult.Conflict(found.Lease) : LeaseWriteResult.Missing();

    /// <summary>
    /// After a failed condition, returns whether the row exists, and the lease in it; null if the row cannot be read as a lease.
    /// </summary>
    private async Task<(bool Exists, Lease? Lease)> ReadFoundRowAsync(
        string action,
        LeaseKey key,
        ConditionalCheckFailedException failure,
        CancellationToken cancellationToken)
    {
        DynamoDbCalls.Count(action, "conflict", null);
        if (failure.Item is not { Count: > 0 } row)
        {
            // The response contains no row if the row does not exist, or if the server does not return rows. A read distinguishes the two
            // cases.
            var request = LeaseWriteRequests.Get(_calls.Table, key);
            var response = await _calls.RowAsync(
                "GetItem",
                (client, token) => client.GetItemAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            DynamoDbCalls.Count("GetItem", "ok", response.ConsumedCapacity);
            row = response.IsItemSet ? response.Item : [];
        }

        var isLease = LeaseItem.TryRead(row, out var found, out var problem);
        _logger.ConditionFailed(action, key.Value, found?.Counter, found?.Owner?.Value);
        return (isLease || problem is not null, found);
    }

    private async Task<LeaseListing> ScanAsync(int segment, CancellationToken cancellationToken)
    {
        var leases = new List<Lease>();
        var unreadable = new List<UnreadableLease>();
        var request = new ScanRequest { TableName = _calls.Table, ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL };
        if (_options.ScanSegments > 1)
        {
            request.Segment = segment;
            request.TotalSegments = _options.ScanSegments;
        }

        do
        {
            var page = await _calls.TableAsync(
                "Scan",
                _calls.Table,
                (client, token) => client.ScanAsync(request, token),
                cancellationToken).ConfigureAwait(false);
            DynamoDbCalls.Count("Scan", "ok", page.ConsumedCapacity);
            foreach (var row in page.Items ?? [])
            {
                if (LeaseItem.TryRead(row, out var lease, out var problem))
                {
                    leases.Add(lease);
                }
                else if (problem is not null)
                {
                    unreadable.Add(new() { Key = new(row[Attributes.Key].S), Problem = problem });
                }
            }

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });

        return new(leases, unreadable);
    }

    // Returns null for a row that cannot be read: the write took effect, and the next listing reports the row.
    private static Lease? Read(Item row) => LeaseItem.TryRead(row, out var lease, out _) ? lease : null;
}
