using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// The one place that calls DynamoDB: every call has its own deadline, its failures have our types, and what it cost is counted.
/// </summary>
internal sealed class DynamoDbCalls(IAmazonDynamoDB client, string table, TimeSpan timeout, TimeProvider time)
{
    private const int PatienceFactor = 5;

    public IAmazonDynamoDB Client => client;

    public string Table => table;

    /// <summary>A read or write of one row.</summary>
    public async Task<T> RowAsync<T>(
        string action,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        await CallAsync(action, table, timeout, call, cancellationToken).ConfigureAwait(false);

    /// <summary>A page of a scan, or a call about the table: rarer and slower, and nobody's lease depends on it.</summary>
    public async Task<T> PatientlyAsync<T>(
        string action,
        string onTable,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        await CallAsync(action, onTable, timeout * PatienceFactor, call, cancellationToken).ConfigureAwait(false);

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
        TimeSpan patience,
        Func<IAmazonDynamoDB, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await call(client, either.Token).ConfigureAwait(false);
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
            throw Failures.TimedOut(e, action, onTable, patience);
        }
        catch (Exception e) when (e is not KclException)
        {
            var failure = Failures.Translate(e, action, onTable);
            Count(action, failure switch { ThrottlingException => "throttled", DependencyException => "failed", _ => "refused" }, null);
            throw failure;
        }
    }
}
