using System.Net;
using Amazon.Runtime;
using Kcl.Kinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Transport;

public class RetryTests
{
    private static readonly StreamName Words = new("words");
    private static readonly ShardId Shard0 = new("shardId-000000000000");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transient_failures_are_retried()
    {
        var service = new FakeService(
            FakeService.Json("""{"__type":"InternalFailure"}""", HttpStatusCode.InternalServerError),
            FakeService.Fails(new HttpRequestException("refused")),
            FakeService.Json("<html>busy</html>", HttpStatusCode.ServiceUnavailable),
            FakeService.Json("""{"ShardIterator":"AAAA"}"""));
        Assert.Equal("AAAA", await service.Client().GetShardIteratorAsync(Words, Shard0, StartingPosition.Latest, Token));
        Assert.Equal(4, service.Asked.Count);
    }

    [Fact]
    public async Task Permanent_failures_are_not_retried()
    {
        var service = new FakeService(FakeService.Json("""{"__type":"ResourceNotFoundException"}""", HttpStatusCode.BadRequest));
        await Assert.ThrowsAsync<KinesisException>(() => service.Client()
            .GetShardIteratorAsync(Words, Shard0, StartingPosition.Latest, Token));
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task A_missing_resource_is_reported_with_the_region_and_not_with_the_host()
    {
        var service = new FakeService(
            FakeService.Json("""{"__type":"ResourceNotFoundException","message":"not found"}""", HttpStatusCode.BadRequest));
        var failure = await Assert.ThrowsAsync<KinesisException>(
            () => service.Client().GetShardIteratorAsync(Words, Shard0, StartingPosition.Latest, Token));
        Assert.Contains("in region us-east-1 failed: ResourceNotFoundException: not found", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Check the name, the region, the endpoint and the account of the credentials.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throttled_reads_are_reported_immediately_and_other_throttling_is_retried()
    {
        var throttled = FakeService.Json(
            """{"__type":"ProvisionedThroughputExceededException","message":"slow down"}""",
            HttpStatusCode.BadRequest);
        var service = new FakeService(throttled, throttled, FakeService.Json("""{"ShardIterator":"AAAA"}"""));
        var client = service.Client();
        var failure = await Assert.ThrowsAsync<KinesisException>(() => client.GetRecordsAsync(new(Words, "AAAA"), Token));
        Assert.Equal(KinesisErrorCode.Throttled, failure.Code);
        Assert.Equal("AAAA", await client.GetShardIteratorAsync(Words, Shard0, StartingPosition.Latest, Token));
    }

    [Fact]
    public async Task An_attempt_without_a_response_ends_in_time_and_is_retried()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new FakeService(FakeService.Silence(asked), FakeService.Json("""{"ShardIterator":"AAAA"}"""));
        var call = service.Client(time: time).GetShardIteratorAsync(Words, Shard0, StartingPosition.Latest, Token);
        await asked.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("AAAA", await call);
    }

    [Fact]
    public async Task A_call_ends_when_its_time_is_over()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new FakeService(FakeService.Silence(asked));
        var call = service.Client(options => options.OperationTimeout = options.AttemptTimeout = TimeSpan.FromSeconds(7), time)
            .ListStreamsAsync(new(), Token);
        await asked.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromSeconds(7));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => call);
        Assert.Equal(KinesisErrorCode.Unreachable, failure.Code);
        Assert.Contains("7 s", failure.Message, StringComparison.Ordinal);
        Assert.Contains("http://localhost:4567", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_cancels_gets_a_cancellation()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new FakeService(FakeService.Silence(asked)).Client().ListStreamsAsync(new(), caller.Token);
        await asked.Task.WaitAsync(Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Requests_are_signed_over_what_is_sent()
    {
        var service = new FakeService(FakeService.Json("""{"StreamNames":["words"],"HasMoreStreams":false}"""));
        var client = service.Client(options =>
        {
            options.SignRequests = true;
            options.Region = "eu-central-1";
            options.Credentials = new SessionAWSCredentials("AKIDEXAMPLE", "secret", "token");
        });
        await client.ListStreamsAsync(new() { Limit = 10 }, Token);
        var headers = service.Asked[0].Request.Headers;
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-central-1/kinesis/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=",
            headers.GetValues("Authorization").Single(),
            StringComparison.Ordinal);
        Assert.Equal("20261124T000000Z", headers.GetValues("X-Amz-Date").Single());
        Assert.Equal("token", headers.GetValues("X-Amz-Security-Token").Single());
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_corrected_by_the_services_own()
    {
        var service = new FakeService(
            FakeService.Json(
                """{"__type":"InvalidSignatureException","message":"Signature expired"}""",
                HttpStatusCode.BadRequest,
                date: new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero)),
            FakeService.Json("""{"StreamNames":[],"HasMoreStreams":false}"""));
        await service.Client(Signed).ListStreamsAsync(new(), Token);
        Assert.Equal("20261124T010000Z", service.Asked[1].Request.Headers.GetValues("X-Amz-Date").Single());
    }

    [Fact]
    public async Task A_wrong_key_is_not_taken_for_a_wrong_clock()
    {
        var service = new FakeService(FakeService.Json(
            """{"__type":"InvalidSignatureException"}""",
            HttpStatusCode.BadRequest,
            date: new DateTimeOffset(2026, 11, 24, 0, 0, 30, TimeSpan.Zero)));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client(Signed).ListStreamsAsync(new(), Token));
        Assert.Equal(KinesisErrorCode.AccessDenied, failure.Code);
    }

    [Fact]
    public async Task Unavailable_credentials_are_a_typed_error_and_nothing_is_sent()
    {
        var service = new FakeService();
        var failure = await Assert.ThrowsAsync<KinesisException>(
            () => service.Client(options => (options.SignRequests, options.Credentials) = (true, new Unavailable()))
                .ListStreamsAsync(new(), Token));
        Assert.Equal(KinesisErrorCode.AccessDenied, failure.Code);
        Assert.Contains("the session has ended", failure.Message, StringComparison.Ordinal);
        Assert.Empty(service.Asked);
    }

    private sealed class Unavailable : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw new AmazonClientException("the session has ended");
    }

    private static void Signed(KinesisClientOptions options) =>
        (options.SignRequests, options.Credentials) = (true, new BasicAWSCredentials("a", "b"));
}
