using Kcl.Leasing;
using Kcl.Streams;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Leasing;

public class LeaseOriginsTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Earlier = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamIdentity Stream = new(new("words"), null, Created);

    /// <param name="remembered">The stream that the lease names.</param>
    /// <param name="checkpoint">
    /// Its checkpoint: <c>old</c> is a record of the earlier stream, <c>new</c> of the current stream, <c>newer</c> of a stream created
    /// later.
    /// </param>
    /// <param name="expected">The origin.</param>
    [Theory]
    [InlineData(null, "LATEST", "Unknown")]
    [InlineData(null, "SHARD_END", "Unknown")]
    [InlineData(null, "1", "Unknown")] // a number of an emulator proves nothing
    [InlineData(null, "0", "Unknown")]
    [InlineData(null, "new", "Unknown")]
    [InlineData(null, "old", "Contradicted")]
    [InlineData(null, "newer", "Contradicted")]
    [InlineData("words@2026-03-01T00:00:00.000Z", "LATEST", "Current")]
    [InlineData("words@2026-03-01T00:00:00.000Z", "SHARD_END", "Current")]
    [InlineData("words@2026-03-01T00:00:00.000Z", "new", "Current")]
    [InlineData("words@2026-03-01T00:00:00.000Z", "old", "Contradicted")]
    [InlineData("words@2026-03-01T00:00:00.000Z", "newer", "Contradicted")]
    [InlineData("words@2025-03-01T00:00:00.000Z", "LATEST", "Earlier")]
    [InlineData("words@2025-03-01T00:00:00.000Z", "SHARD_END", "Earlier")]
    [InlineData("words@2025-03-01T00:00:00.000Z", "1", "Earlier")]
    [InlineData("words@2025-03-01T00:00:00.000Z", "old", "Earlier")]
    // a worker that does not store identities has continued in the current stream
    [InlineData("words@2025-03-01T00:00:00.000Z", "new", "Current")]
    [InlineData("words@2026-04-01T00:00:00.000Z", "new", "Foreign")]
    [InlineData("letters@2026-03-01T00:00:00.000Z", "new", "Foreign")]
    [InlineData("letters", "LATEST", "Foreign")]
    public void The_origin_follows_from_what_is_remembered_and_from_the_checkpoint(string? remembered, string checkpoint, string expected)
    {
        var lease = Lease(1, checkpoint switch
        {
            "old" => new(ServiceNumber(1, Earlier, Earlier.AddDays(1), 3)),
            "new" => new(ServiceNumber(1, Created, Created.AddDays(1), 3)),
            "newer" => new(ServiceNumber(1, Later, Later.AddDays(1), 3)),
            _ => ExtendedSequenceNumber.Parse(checkpoint),
        });
        if (remembered is not null)
        {
            lease = lease with { PrivateAttributes = LeaseAnnotations.Of(StreamIdentity.ParseOrNull(remembered), null) };
        }

        Assert.Equal(expected, LeaseOrigins.Determine(lease, Stream, Open(1, 0, UInt128.MaxValue).Created(Created)).ToString());
    }

    [Fact]
    public void Numbers_of_two_streams_that_were_created_within_one_second_tell_nothing()
    {
        var remembered = LeaseAnnotations.Of(StreamIdentity.ParseOrNull("words@2026-03-01T00:00:00.100Z"), null);
        var lease = Lease(1, new(ServiceNumber(1, Created, Created.AddSeconds(1), 3))) with { PrivateAttributes = remembered };
        var present = Stream with { CreatedAt = Created.AddMilliseconds(900) };

        Assert.Equal(LeaseOrigin.Earlier, LeaseOrigins.Determine(lease, present, Open(1, 0, UInt128.MaxValue).Created(Created)));
    }

    [Fact]
    public void A_number_of_the_right_shard_that_lies_before_its_first_is_contradicted() =>
        Assert.Equal(
            LeaseOrigin.Contradicted,
            LeaseOrigins.Determine(
                Lease(1, new(ServiceNumber(1, Created, Created))),
                Stream,
                Open(1, 0, 9).Created(Created) with { StartingSequenceNumber = ServiceNumber(1, Created, Created, 1) }));

    [Fact]
    public void Without_the_shard_the_creation_of_the_stream_tells()
    {
        Assert.Equal(
            LeaseOrigin.Contradicted,
            LeaseOrigins.Determine(Lease(9, new(ServiceNumber(9, Earlier, Created.AddMinutes(-2)))), Stream, listed: null));

        // Clocks may differ a little, and an older shard of the same name alone proves nothing.
        Assert.Equal(
            LeaseOrigin.Unknown,
            LeaseOrigins.Determine(Lease(9, new(ServiceNumber(9, Earlier, Created.AddSeconds(-10)))), Stream, listed: null));
        Assert.Equal(
            LeaseOrigin.Unknown,
            LeaseOrigins.Determine(Lease(9, new(ServiceNumber(9, Created, Created.AddDays(1)))), Stream, listed: null));
        Assert.Equal(
            LeaseOrigin.Unknown,
            LeaseOrigins.Determine(Lease(9, new(ServiceNumber(9, Earlier, Earlier))), Stream with { CreatedAt = null }, listed: null));
    }

    [Fact]
    public void A_shard_list_of_another_form_leaves_the_judgement_to_the_creation_of_the_stream() =>
        Assert.Equal(
            LeaseOrigin.Contradicted,
            LeaseOrigins.Determine(Lease(1, new(ServiceNumber(1, Earlier, Earlier))), Stream, Open(1, 0, 9)));
}
