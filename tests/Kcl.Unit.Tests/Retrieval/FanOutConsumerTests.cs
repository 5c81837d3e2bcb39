using CsCheck;
using Kcl.Kinesis;
using Kcl.Retrieval;
using Kcl.Retrieval.FanOut;
using Kcl.Unit.Tests.Consuming;

namespace Kcl.Unit.Tests.Retrieval;

public sealed class FanOutConsumerTests : IDisposable
{
    private readonly ShardHarness _shard = new();
    private readonly FakeFanOut _service;
    private readonly FanOutConsumer _consumer;

    public FanOutConsumerTests()
    {
        _service = new FakeFanOut(_shard.Clock);
        _shard.Options.Stream.Identifier = FakeFanOut.Stream;
        _shard.Options.ApplicationName = "app";
        _consumer = new FanOutConsumer(
            ConsumerSettings.CreateRetrieval(_shard.Options), _shard.Stream, _service, _shard.Clock, new(new Random(3)), _shard.Logs);
    }

    [Fact]
    public async Task S44_A_consumer_that_is_there_is_neither_registered_nor_looked_at_again()
    {
        Assert.Equal(FakeFanOut.Arn, await GetAsync());
        Assert.Equal(FakeFanOut.Arn, await GetAsync());

        Assert.Equal((0, 1), (_service.Registrations, _service.Descriptions));
    }

    [Fact]
    public async Task A_consumer_that_is_missing_is_registered_and_waited_for()
    {
        _service.OnDescribe.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.ResourceNotFound));
        _service.OnRegister.Enqueue(() => FakeFanOut.Consumer(StreamConsumerStatus.Creating));
        _service.OnDescribe.Enqueue(() => FakeFanOut.Consumer(StreamConsumerStatus.Creating));

        Assert.Equal(FakeFanOut.Arn, await GetAsync());
        Assert.Equal((1, 3), (_service.Registrations, _service.Descriptions));
    }

    [Fact]
    public async Task S45_Registered_by_another_worker_in_the_same_moment_it_is_found()
    {
        _service.OnDescribe.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.ResourceNotFound));
        _service.OnRegister.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.ResourceInUse));

        Assert.Equal(FakeFanOut.Arn, await GetAsync());
    }

    [Fact]
    public async Task S45_A_limit_is_tried_again_with_pauses_and_then_believed()
    {
        for (var i = 0; i < 100; i++)
        {
            _service.OnDescribe.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.ResourceNotFound));
            _service.OnRegister.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.LimitExceeded));
        }

        var before = _shard.Clock.GetUtcNow();
        Assert.Equal(KinesisErrorCode.LimitExceeded, (await Assert.ThrowsAsync<KinesisException>(GetAsync)).Code);

        Assert.InRange(_service.Registrations, 5, 20);
        Assert.True(_shard.Clock.GetUtcNow() - before > TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_missing_permission_is_not_tried_again()
    {
        _service.OnDescribe.Enqueue(() => throw FakeFanOut.Fault(KinesisErrorCode.AccessDenied));

        await Assert.ThrowsAsync<KinesisException>(GetAsync);

        Assert.Equal(1, _service.Descriptions);
    }

    [Fact]
    public async Task Many_shards_that_ask_at_once_ask_the_service_once()
    {
        var asking = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _consumer.GetAsync(TestContext.Current.CancellationToken).AsTask()));

        Assert.All(await _shard.Clock.RunUntilAsync(asking), arn => Assert.Equal(FakeFanOut.Arn, arn));
        Assert.Equal(1, _service.Descriptions);
    }

    [Theory]
    [InlineData(RetrievalMode.FanOut, true)]
    [InlineData(RetrievalMode.FanOutOrPolling, false)]
    public async Task What_a_client_cannot_do_is_an_error_or_polling_as_configured(RetrievalMode mode, bool refused)
    {
        _shard.Options.RetrievalMode = mode;
        using var retrieval = ConsumerSettings.CreateRecordSources(_shard.Options, _shard.Services);

        var asked = _shard.Clock.GetUtcNow();

        var thrown = await Record.ExceptionAsync(
            () => retrieval.PrepareAsync(FakeStream.Summary(), asked, TestContext.Current.CancellationToken));

        Assert.Equal(refused, thrown is InvalidStateException);
        Assert.Equal(refused ? 0 : 1, _shard.Logs.Count(1311));
    }

    [Theory]
    [InlineData(RetrievalMode.FanOut)]
    [InlineData(RetrievalMode.FanOutOrPolling)]
    public async Task A_decorated_client_keeps_the_fan_out_operations_that_it_returns(RetrievalMode mode)
    {
        _shard.Options.RetrievalMode = mode;
        _shard.Stream.FanOut = _service;
        using var retrieval = ConsumerSettings.CreateRecordSources(_shard.Options, _shard.Services);

        await retrieval.PrepareAsync(FakeStream.Summary(), _shard.Clock.GetUtcNow(), TestContext.Current.CancellationToken);

        Assert.Equal(1, _service.Descriptions);
        Assert.Equal(0, _shard.Logs.Count(1311));
    }

    /// <summary>In every history, the pause is five seconds after a subscription and one second after a call, and always ends.</summary>
    [Fact]
    public void Subscriptions_keep_the_services_distances() =>
        Gen.Select(Gen.Enum<KinesisErrorCode>(), Gen.Bool, Gen.Bool, Gen.Int[0, 20_000], Gen.Double[0, 1]).Array[1, 60].Sample(rounds =>
        {
            var (pace, now) = (new SubscriptionPace(), TimeSpan.FromSeconds(1));
            TimeSpan? granted = null;
            TimeSpan? called = null;
            foreach (var (code, grants, fails, lives, jitter) in rounds)
            {
                if (now - granted < SubscriptionPace.BetweenSubscriptions || now - called < SubscriptionPace.BetweenCalls)
                {
                    return false;
                }

                (called, pace) = (now, pace.BeforeCall(now));
                if (grants)
                {
                    (granted, pace) = (now, pace.AfterSubscription(now).AfterEvent());
                    now += TimeSpan.FromMilliseconds(lives);
                }

                (pace, var pause) = grants && !fails ? pace.AfterEnd(now) : pace.AfterFailure(now, code, jitter, TimeSpan.FromSeconds(3));
                if (pause > TimeSpan.FromSeconds(31))
                {
                    return false;
                }

                now += pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
            }

            return true;
        });

    public void Dispose() => _consumer.Dispose();

    private async Task<ConsumerArn> GetAsync() =>
        await _shard.Clock.RunUntilAsync(_consumer.GetAsync(TestContext.Current.CancellationToken).AsTask());
}
