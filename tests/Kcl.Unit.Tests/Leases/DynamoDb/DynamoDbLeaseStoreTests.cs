using System.Net;
using Amazon.Runtime;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class DynamoDbLeaseStoreTests
{
    private static readonly LeaseKey Key = new("shardId-000000000001");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ProvisionedThroughputExceededException", 400)]
    [InlineData("ThrottlingException", 400)]
    [InlineData("RequestLimitExceeded", 400)]
    [InlineData("LimitExceededException", 400)]
    public async Task Throttling_is_distinguished(string type, int status) =>
        Assert.True((await Fails<ThrottlingException>(type, status)).IsTransient);

    [Theory]
    [InlineData("InternalServerError", 500)]
    [InlineData("ServiceUnavailable", 503)]
    [InlineData("ExpiredTokenException", 400)]
    [InlineData("SomethingNobodyKnows", 400)]
    public async Task A_transient_failure_is_a_failed_dependency(string type, int status) =>
        Assert.True((await Fails<DependencyException>(type, status)).IsTransient);

    [Theory]
    [InlineData("ResourceNotFoundException", "does not exist")]
    [InlineData("AccessDeniedException", "'dynamodb:UpdateItem' on table 'app' was denied")]
    [InlineData("UnrecognizedClientException", "credentials")]
    [InlineData("InvalidSignatureException", "clock")]
    [InlineData("ValidationException", "lease table")]
    public async Task A_failure_that_needs_a_correction_names_it(string type, string text) =>
        Assert.Contains(text, (await Fails<InvalidStateException>(type, 400)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Missing_credentials_are_permanent_and_described_in_one_line()
    {
        var server = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Ok());
        using var store = server.Store(
            credentials: new Unavailable(new AmazonClientException("None found:\n\nException 1 of 1: no profile..\n")));
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.GetAsync(Key, Token));
        Assert.Equal(
            "'GetItem' on table 'app' was not sent: no AWS credentials found (None found: Exception 1 of 1: no profile). "
                + "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.",
            failure.Message);
        Assert.Empty(server.Actions);
    }

    [Fact]
    public async Task A_role_that_cannot_be_assumed_now_is_a_failed_dependency()
    {
        var cause = new AmazonClientException("Error calling AssumeRole", new HttpRequestException("no network"));
        using var store = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Ok()).Store(credentials: new Unavailable(cause));
        var failure = await Assert.ThrowsAsync<DependencyException>(async () => await store.GetAsync(Key, Token));
        Assert.Contains("no network", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("retried", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_call_has_a_timeout()
    {
        var time = new FakeTimeProvider();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var store = new ScriptedDynamoDb(async (_, _, token) =>
        {
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedDynamoDb.Ok();
        }).Store(new() { ApplicationName = "app", RequestTimeout = TimeSpan.FromSeconds(2) }, time);

        var call = store.TryWriteAsync(Key, LeaseWrite.Update(1, new()), Token).AsTask();
        await sent.Task;
        time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await Assert.ThrowsAsync<DependencyException>(() => call);
        Assert.Contains("within 2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_cancellation_back()
    {
        using var giveUp = new CancellationTokenSource();
        using var store = new ScriptedDynamoDb(async (_, _, token) =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedDynamoDb.Ok();
        }).Store();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync(Key, giveUp.Token));
        Assert.Equal(giveUp.Token, e.CancellationToken);
    }

    [Fact]
    public async Task A_broken_connection_is_a_failed_dependency_and_is_not_retried()
    {
        var calls = 0;
        using var store = new ScriptedDynamoDb((_, _) => throw new HttpRequestException($"connection {++calls} refused")).Store();
        await Assert.ThrowsAsync<DependencyException>(async () => await store.GetAsync(Key, Token));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_lost_race_is_a_result_with_the_row_that_won()
    {
        const string Row =
            """{"leaseKey":{"S":"shardId-000000000001"},"leaseCounter":{"N":"9"},"checkpoint":{"S":"LATEST"},"leaseOwner":{"S":"other"}}""";
        using var store = new ScriptedDynamoDb((_, _) => new HttpResponseMessage(HttpStatusCode.BadRequest)
        {
            Content = new StringContent($$"""{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{{Row}}}"""),
        }).Store();
        var write = await store.TryWriteAsync(Key, LeaseWrite.Update(1, new()), Token);
        Assert.Equal((LeaseWriteStatus.Conflict, 9L, "other"), (write.Status, write.Current!.Counter, write.Current.Owner!.Value.Value));
    }

    [Fact]
    public async Task The_row_is_read_if_the_server_does_not_return_it()
    {
        var there = true;
        var server = new ScriptedDynamoDb((action, _) => action switch
        {
            "UpdateItem" => ScriptedDynamoDb.Error("ConditionalCheckFailedException"),
            _ => ScriptedDynamoDb.Ok(there
                ? """{"Item":{"leaseKey":{"S":"shardId-000000000001"},"leaseCounter":{"N":"9"},"checkpoint":{"S":"LATEST"}}}"""
                : "{}"),
        });
        using var store = server.Store();
        Assert.Equal(LeaseWriteStatus.Conflict, (await store.TryWriteAsync(Key, LeaseWrite.Update(1, new()), Token)).Status);
        there = false;
        Assert.Equal(LeaseWriteStatus.Missing, (await store.TryWriteAsync(Key, LeaseWrite.Update(1, new()), Token)).Status);
    }

    [Fact]
    public async Task A_release_during_a_hand_off_leaves_the_next_owner()
    {
        const string Old = """{"leaseKey":{"S":"shardId-000000000001"},"leaseCounter":{"N":"9"},"checkpoint":{"S":"LATEST"},"leaseOwner":{"S":"next"},"checkpointOwner":{"S":"me"}}""";
        const string New =
            """{"leaseKey":{"S":"shardId-000000000001"},"leaseCounter":{"N":"10"},"checkpoint":{"S":"LATEST"},"leaseOwner":{"S":"next"}}""";
        var server = new ScriptedDynamoDb((_, number) => number == 1
            ? new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent($$"""{"__type":"x#ConditionalCheckFailedException","Item":{{Old}}}""") }
            : ScriptedDynamoDb.Ok($$"""{"Attributes":{{New}}}"""));
        using var store = server.Store();
        var write = await store.TryWriteAsync(Key, LeaseWrite.Update(9, new() { ReleasesLease = true }), Token);
        Assert.Equal((true, "next", 10L), (write.Succeeded, write.Current!.Owner!.Value.Value, write.Current.Counter));
        Assert.Equal(["UpdateItem", "UpdateItem"], server.Actions);
    }

    [Fact]
    public void All_problems_of_the_options_are_in_one_message()
    {
        var options = new DynamoDbLeaseStoreOptions
        {
            TableName = "a b",
            RequestTimeout = TimeSpan.Zero,
            ScanSegments = 0,
            Provisioned = new ProvisionedCapacity { ReadUnits = 0 },
        };
        var failure = Assert.Throws<ConfigurationException>(() => options.Freeze());
        foreach (var name in (string[])["ApplicationName", "TableName", "RequestTimeout", "ScanSegments", "Provisioned"])
        {
            Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        }
    }

    private sealed class Unavailable(AmazonClientException failure) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw failure;
    }

    private static async Task<T> Fails<T>(string type, int status)
        where T : KclException
    {
        using var store = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Error(type, status: status)).Store();
        return await Assert.ThrowsAsync<T>(async () => await store.TryWriteAsync(Key, LeaseWrite.Update(1, new()), Token));
    }
}
