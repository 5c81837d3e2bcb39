using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Kcl.Internal;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Calls DynamoDB. Each call has a timeout, its failure is translated to a <see cref="KclException"/>, and its outcome is counted.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="table">The lease table.</param>
/// <param name="timeout">The maximum duration of a read or write of one row.</param>
/// <param name="time">The clock.</param>
internal sealed class DynamoDbCalls(IAmazonDynamoDB client, string table, TimeSpan timeout, TimeProvider time)
{
    private const int TableTimeoutFactor = 5;
    private readonly TimeSpan _tableTimeout = Durations.Min(timeout * TableTimeoutFactor, OptionsProblems.MaxDuration);

    public IAmazonDynamoDB Client => client;

    public string Table => table;

    /// <summary>Reads or writes one row.</summary>
    public async Task<T> RowAsync<T>(
        string action,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        await CallAsync(action, table, timeout, call, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Reads a page of a scan, or calls an action on the table. The timeout is longer, because these calls take longer and do not renew
    /// leases.
    /// </summary>
    public async Task<T> TableAsync<T>(
        string action,
        string onTable,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        await CallAsync(action, onTable, _tableTimeout, call, cancellationToken).ConfigureAwait(false);

    /// <summary>Counts a call and the capacity that it consumed.</summary>
    public static void Count(string action, string outcome, ConsumedCapacity? consumed)
    {
        DynamoDbMetrics.Calls.Add(1, new("action", action), new("outcome", outcome));
        if (consumed?.CapacityUnits is { } units)
        {
            DynamoDbMetrics.CapacityUnits.Add(units, new KeyValuePair<string, object?>("action", action));
        }
    }

    private async Task<T> CallAsync<T>(
        string action,
        string onTable,
        TimeSpan callTimeout,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(callTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await call(client, linked.Token).ConfigureAwait(false);
        }
        catch (ConditionalCheckFailedException)
        {
            throw;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (deadline.IsCancellationRequested)
        {
            Count(action, "timeout", null);
            throw DynamoDbErrors.TimedOut(e, action, onTable, callTimeout);
        }
        catch (Exception e) when (e is not KclException)
        {
            var failure = DynamoDbErrors.Translate(e, action, onTable);
            Count(action, failure switch { ThrottlingException => "throttled", DependencyException => "failed", _ => "refused" }, null);
            throw failure;
        }
    }
}
