using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Kinesis;

public class OptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(new KinesisClientOptions().Validate());
        Assert.Empty(new PutAllRecordsOptions().Validate());
        Assert.Empty(new AggregationOptions().Validate());
    }

    [Fact]
    public void Every_problem_of_the_client_is_in_one_message()
    {
        var options = new KinesisClientOptions
        {
            MaxAttempts = 0,
            ConnectTimeout = TimeSpan.Zero,
            RetryBaseDelay = TimeSpan.FromSeconds(-1),
        };

        var failure = Assert.Throws<ConfigurationException>(options.Freeze);

        Assert.Contains("MaxAttempts is 0; it must be at least 1.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectTimeout is 00:00:00; it must be more than 00:00:00.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RetryBaseDelay is -00:00:01; it must be at least 00:00:00.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_of_nested_options_name_both_options()
    {
        var options = new AggregationOptions { MaxBytes = 0 };
        options.Put.MaxAttempts = 0;

        Assert.Equal(["MaxBytes is 0; it must be at least 1.", "Put.MaxAttempts is 0; it must be at least 1."], options.Validate());
    }

    [Fact]
    public void A_frozen_copy_does_not_follow_later_changes()
    {
        var client = new KinesisClientOptions();
        var frozenClient = client.Freeze();
        client.ThrottlingReportedImmediately.Add(KinesisOperation.ListShards);
        var aggregation = new AggregationOptions();
        var frozenAggregation = aggregation.Freeze();
        aggregation.Put.MaxAttempts = 3;

        Assert.Equal([KinesisOperation.GetRecords], frozenClient.ThrottlingReportedImmediately);
        Assert.Equal(10, frozenAggregation.Put.MaxAttempts);
    }
}
