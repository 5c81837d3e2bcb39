using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Leasing;

public sealed class StreamLeaseKeysTests
{
    [Theory]
    [InlineData("2.6.1")]
    [InlineData("3.1.3")]
    [InlineData("3.5.1")]
    public void Every_recorded_lease_of_a_fleet_that_reads_one_stream_belongs_to_the_stream(string version)
    {
        var table = Recorded(version);
        Assert.NotEmpty(table);
        Assert.Same(table, Keys.Select(table));
        Assert.Null(Keys.GetRefusalReason("app", table));
    }

    [Fact]
    public void Every_recorded_lease_of_a_fleet_that_reads_several_streams_is_left_out_and_named()
    {
        var table = Keys.Select(Recorded("3.5.1-multi-stream"));
        Assert.Empty(table);
        Assert.Equal(4, table.OtherStreams.Count);
        var refusal = Keys.GetRefusalReason("app", table)!;
        string[] named =
        [
            "'app'", "words", "stream 000000000000:st-app-multi:1700000000",
            "'000000000000:st-app-multi:1700000000:shardId-000000000000'", "Nothing was written", "another name",
        ];
        Assert.All(named, text => Assert.Contains(text, refusal, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_other_streams_beside_ones_own_are_left_out()
    {
        Lease[] own = [Lease(0, At(7)), Lease(1, At(8))];
        Lease[] others =
        [
            Lease(0, At(1)) with { Key = new("other:shardId-000000000000") },
            Lease(0, At(2)) with { Key = new("1:words:5:shardId-000000000000") },
            Lease(1, At(3)) with { Key = new("shardId-000000000009") },
        ];
        var table = Keys.Select(Listing([.. others, .. own]));
        Assert.Equal(own, table);
        Assert.Equal(others.Select(l => l.Key), table.OtherStreams);
        var refusal = Keys.GetRefusalReason("app", table)!;
        string[] named = ["3 lease(s)", "stream 'other'", "stream 1:words:5", "another shard than the row"];
        Assert.All(named, text => Assert.Contains(text, refusal, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shardId-000000000000", true)]
    [InlineData("gibberish", true)] // it is reported as a row that cannot be read
    [InlineData("1:words:5:shardId-000000000000", false)]
    public void An_unreadable_row_is_left_out_if_its_key_names_another_stream(string key, bool isKept)
    {
        var table = Keys.Select(new([], [new() { Key = new(key), Problem = "its checkpoint is gibberish" }]));
        Assert.Equal((isKept ? 1 : 0, isKept ? 0 : 1), (table.Unreadable.Count, table.OtherStreams.Count));
    }

    /// <summary>Returns the leases of a recording, each in its last recorded state.</summary>
    private static LeaseListing Recorded(string version)
    {
        var leases = new Dictionary<LeaseKey, Lease>();
        foreach (var recorded in RecordedRows.Of(version).Where(static r => r.Table == "APP"))
        {
            if (LeaseItem.TryRead(recorded.Row, out var lease, out _))
            {
                leases[lease.Key] = lease;
            }
        }

        return new([.. leases.Values]);
    }
}
