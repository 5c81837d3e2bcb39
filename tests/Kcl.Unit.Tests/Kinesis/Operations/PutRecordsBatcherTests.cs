using System.Text;
using CsCheck;
using Kcl.Kinesis;
using Kcl.Kinesis.Operations.Writing;
using Kcl.Unit.Tests.Kinesis.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class PutRecordsBatcherTests
{
    private static readonly StreamName Words = new("words");
    private static readonly PutAllRecordsOptions NoPauses = new()
    {
        BaseDelay = TimeSpan.Zero,
        MaxDelay = TimeSpan.Zero,
        TimeProvider = new FakeTimeProvider(),
        Random = new Random(1),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_failed_is_put_again_and_results_keep_their_order()
    {
        var service = new FakeService(
            FakeService.Json(
                """{"FailedRecordCount":2,"Records":[{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"slow"},{"ShardId":"s-0","SequenceNumber":"10"},{"ErrorCode":"InternalFailure"}]}"""),
            FakeService.Json(
                """{"FailedRecordCount":1,"Records":[{"ShardId":"s-0","SequenceNumber":"11"},{"ErrorCode":"InternalFailure"}]}"""),
            FakeService.Json("""{"FailedRecordCount":0,"Records":[{"ShardId":"s-1","SequenceNumber":"12"}]}"""));
        var client = service.Client(options => options.Encoding = KinesisEncoding.Json);
        var results = await client.PutAllRecordsAsync(Words, [Entry("a"), Entry("b"), Entry("c")], NoPauses, Token);

        Assert.Equal(["11", "10", "12"], results.Select(result => result.SequenceNumber!.Value.ToString()));
        Assert.Equal(
            """{"Records":[{"Data":"","PartitionKey":"a"},{"Data":"","PartitionKey":"c"}],"StreamName":"words"}""",
            Encoding.UTF8.GetString(service.Asked[1].Body));
        Assert.Equal(
            """{"Records":[{"Data":"","PartitionKey":"c"}],"StreamName":"words"}""",
            Encoding.UTF8.GetString(service.Asked[2].Body));
    }

    [Fact]
    public async Task What_fails_to_the_last_keeps_its_error()
    {
        var answer = FakeService.Json("""{"Records":[{"ErrorCode":"InternalFailure","ErrorMessage":"Internal Service Failure"}]}""");
        var service = new FakeService(answer, answer, answer);
        var options = new PutAllRecordsOptions { MaxAttempts = 3, BaseDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero };
        var results = await service.Client().PutAllRecordsAsync(Words, [Entry("a")], options, Token);
        Assert.Equal("Internal Service Failure", results.Single().ErrorMessage);
        Assert.Equal(3, service.Asked.Count);
    }

    [Fact]
    public async Task Nothing_is_put_for_nothing() =>
        Assert.Empty(await new FakeService().Client().PutAllRecordsAsync(Words, [], cancellationToken: Token));

    [Fact]
    public async Task An_answer_for_another_number_of_records_is_refused()
    {
        var service = new FakeService(FakeService.Json("""{"Records":[]}"""));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client(options => options.MaxAttempts = 1)
            .PutRecordsAsync(Words, [Entry("a")], Token));
        Assert.Equal(KinesisErrorCode.MalformedResponse, failure.Code);
    }

    [Fact]
    public void Every_call_keeps_within_the_limits() =>
        Gen.Int[0, 2_000_000].List[1, 2000].Sample(
            sizes =>
            {
                var shared = new byte[2_000_000];
                var records = sizes.Select(size => new PutRecordEntry(shared.AsMemory(0, size % 3 == 0 ? size : size % 5000), "ключ"))
                    .ToList();
                var pending = Enumerable.Range(0, records.Count).ToList();
                for (var start = 0; start < pending.Count;)
                {
                    var count = PutRecordsBatcher.CountFitting(records, pending, start);
                    Assert.InRange(count, 1, PutRecordsBatcher.MaxRecords);
                    var bytes = records.Skip(start).Take(count).Sum(record => record.Data.Length + 8L);
                    Assert.True(count == 1 || bytes <= PutRecordsBatcher.MaxBytes);
                    start += count;
                }
            },
            iter: 50);

    private static PutRecordEntry Entry(string key) => new(default, key);
}
