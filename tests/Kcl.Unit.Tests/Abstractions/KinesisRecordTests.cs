using System.Text;

namespace Kcl.Unit.Tests.Abstractions;

public sealed class KinesisRecordTests
{
    private static readonly SequenceNumber Number = SequenceNumber.Parse("4959");

    [Fact]
    public void A_record_without_a_partition_key_says_so_and_so_does_its_copy()
    {
        var record = new KinesisRecord("data"u8.ToArray(), null, Number, 3, DateTimeOffset.UnixEpoch);

        KinesisRecord[] records = [record, record.ToOwned(), new(record.Data, (ReadOnlyMemory<byte>?)null, "4959"u8.ToArray(), 3, 0)];
        foreach (var one in records)
        {
            Assert.False(one.HasPartitionKey);
            Assert.Null(one.PartitionKey);
            Assert.True(one.PartitionKeyUtf8.IsEmpty);
            Assert.Equal((Number, 3L, "data"), (one.SequenceNumber, one.SubSequenceNumber, Encoding.UTF8.GetString(one.Data.Span)));
        }
    }

    [Fact]
    public void An_empty_partition_key_is_a_key()
    {
        KinesisRecord[] records =
        [
            new("data"u8.ToArray(), "", Number),
            new(default, ReadOnlyMemory<byte>.Empty, "4959"u8.ToArray(), 0, 0),
            new(default, new byte[8].AsMemory(3, 0), "4959"u8.ToArray(), 0, 0),
        ];

        foreach (var record in records.Concat(records.Select(record => record.ToOwned())))
        {
            Assert.True(record.HasPartitionKey);
            Assert.Equal("", record.PartitionKey);
            Assert.True(record.PartitionKeyUtf8.IsEmpty);
        }
    }

    [Fact]
    public void A_partition_key_is_text_and_bytes_alike()
    {
        KinesisRecord[] records =
        [
            new(default(ReadOnlyMemory<byte>), "ключ", Number),
            new(default, Encoding.UTF8.GetBytes("ключ"), "4959"u8.ToArray(), 0, 0),
        ];
        foreach (var record in records)
        {
            Assert.True(record.HasPartitionKey);
            Assert.Equal("ключ", record.PartitionKey);
            Assert.Equal(Encoding.UTF8.GetBytes("ключ"), record.ToOwned().PartitionKeyUtf8.ToArray());
        }
    }

    [Fact]
    public void A_copy_stays_as_it_was_when_the_buffer_of_the_record_is_reused()
    {
        var buffer = "datakey4959"u8.ToArray();
        var record = new KinesisRecord(buffer.AsMemory(0, 4), buffer.AsMemory(4, 3), buffer.AsMemory(7, 4), 3, 1_700_000_000_123);
        var copy = record.ToOwned();
        buffer.AsSpan().Fill((byte)'9');

        Assert.Equal("data", Encoding.UTF8.GetString(copy.Data.Span));
        Assert.Equal("key", copy.PartitionKey);
        Assert.Equal(new ExtendedSequenceNumber(Number, 3), copy.Position);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), copy.ApproximateArrivalTimestamp);
    }

    [Fact]
    public void A_record_without_an_arrival_time_has_none()
    {
        KinesisRecord[] records =
        [
            new("data"u8.ToArray(), "key", Number),
            new(default, ReadOnlyMemory<byte>.Empty, "4959"u8.ToArray(), 0, KinesisRecord.NoTimestamp),
        ];
        Assert.All(records, record => Assert.Null(record.ApproximateArrivalTimestamp));
        var epoch = DateTimeOffset.UnixEpoch;
        Assert.Equal(epoch, new KinesisRecord(default(ReadOnlyMemory<byte>), "key", Number, 0, epoch).ApproximateArrivalTimestamp);
    }
}
