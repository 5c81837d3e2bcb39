using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kcl;

/// <summary>One user record of a shard: a plain Kinesis record, or one of those inside a KPL aggregate.</summary>
/// <remarks>
/// A record is a view of the response it arrived in, and stays valid for as long as it is referenced. If the consumer reuses its buffers
/// (<c>KinesisConsumerOptions.ReuseRecordBuffers</c>; the daemon does), it is valid only until the processor's call returns; keep
/// <see cref="ToOwned"/> then.
/// </remarks>
public sealed class KinesisRecord
{
    /// <summary>The arrival time of a record whose server did not report one.</summary>
    internal const long NoTimestamp = long.MinValue;

    // No memory at all (default) is no key; a key that is present has memory behind it, even if it is empty. So the distinction takes no
    // room in the record.
    private static readonly ReadOnlyMemory<byte> EmptyKey = Array.Empty<byte>();

    // Not "null", which as an array of bytes would become an empty key.
    private static ReadOnlyMemory<byte>? NoKey => null;

    private readonly ReadOnlyMemory<byte> _partitionKey;
    private readonly ReadOnlyMemory<byte> _sequenceNumber;
    private string? _partitionKeyText;
    private SequenceNumber? _sequenceNumberValue;

    /// <summary>Creates a record from values, for tests and producers of test data.</summary>
    /// <param name="data">The payload.</param>
    /// <param name="partitionKey">The partition key; null for a record that was put without one.</param>
    /// <param name="sequenceNumber">The number of the Kinesis record.</param>
    /// <param name="subSequenceNumber">The index inside a KPL aggregate; 0 for a plain record.</param>
    /// <param name="approximateArrivalTimestamp">When the service received the record, to the millisecond; null if not known.</param>
    public KinesisRecord(
        ReadOnlyMemory<byte> data,
        string? partitionKey,
        SequenceNumber sequenceNumber,
        long subSequenceNumber = 0,
        DateTimeOffset? approximateArrivalTimestamp = null)
        : this(
            data,
            partitionKey is null ? NoKey : Encoding.UTF8.GetBytes(partitionKey),
            Encoding.ASCII.GetBytes(sequenceNumber.ToString()),
            subSequenceNumber,
            approximateArrivalTimestamp?.ToUnixTimeMilliseconds() ?? NoTimestamp)
    {
        _partitionKeyText = partitionKey;
        _sequenceNumberValue = sequenceNumber;
    }

    /// <summary>
    /// Creates a record as slices of the response it arrived in. Nothing is copied; text is decoded when a property is read.
    /// </summary>
    /// <param name="data">The payload.</param>
    /// <param name="partitionKeyUtf8">The partition key in UTF-8; null for a record that was put without one.</param>
    /// <param name="sequenceNumberAscii">The digits of the sequence number.</param>
    /// <param name="subSequenceNumber">The index inside a KPL aggregate; 0 for a plain record.</param>
    /// <param name="arrivalMilliseconds">The arrival time in milliseconds since the Unix epoch, or <see cref="NoTimestamp"/>.</param>
    internal KinesisRecord(
        ReadOnlyMemory<byte> data,
        ReadOnlyMemory<byte>? partitionKeyUtf8,
        ReadOnlyMemory<byte> sequenceNumberAscii,
        long subSequenceNumber,
        long arrivalMilliseconds)
    {
        Data = data;
        _partitionKey = partitionKeyUtf8 is { IsEmpty: true } ? EmptyKey : partitionKeyUtf8.GetValueOrDefault();
        _sequenceNumber = sequenceNumberAscii;
        SubSequenceNumber = subSequenceNumber;
        ApproximateArrivalMilliseconds = arrivalMilliseconds;
    }

    /// <summary>Gets the payload.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Gets a value indicating whether the record was put with a partition key.</summary>
    /// <remarks>
    /// Only streams with the record distribution strategy AUTO take records without one. The records inside a KPL aggregate always have
    /// one.
    /// </remarks>
    [MemberNotNullWhen(true, nameof(PartitionKey))]
    public bool HasPartitionKey => !_partitionKey.Equals(default);

    /// <summary>Gets the partition key: 1 to 256 characters; null for a record that was put without one.</summary>
    /// <remarks>
    /// On a stream with the record distribution strategy AUTO the key does not decide the shard, so that records of one key may be in
    /// several shards.
    /// </remarks>
    public string? PartitionKey => _partitionKeyText ??= HasPartitionKey ? Encoding.UTF8.GetString(_partitionKey.Span) : null;

    /// <summary>Gets the sequence number of the Kinesis record within its shard. The user records of one aggregate share it.</summary>
    public SequenceNumber SequenceNumber => _sequenceNumberValue ??= SequenceNumber.Parse(Encoding.ASCII.GetString(_sequenceNumber.Span));

    /// <summary>Gets the index inside a KPL aggregate; 0 for a plain record.</summary>
    public long SubSequenceNumber { get; }

    /// <summary>
    /// Gets the time when the service received the record, in UTC and to the millisecond; null if the server did not report it.
    /// </summary>
    public DateTimeOffset? ApproximateArrivalTimestamp => ApproximateArrivalMilliseconds == NoTimestamp
        ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(ApproximateArrivalMilliseconds);

    /// <summary>
    /// Gets the position of the record: the sequence number and the sub-sequence number that a checkpoint at this record stores.
    /// </summary>
    public ExtendedSequenceNumber Position => new(SequenceNumber, SubSequenceNumber);

    /// <summary>
    /// Gets the partition key in UTF-8 as it arrived, without decoding. Empty for a record without a key;
    /// <see cref="HasPartitionKey"/> distinguishes it from an empty key.
    /// </summary>
    public ReadOnlyMemory<byte> PartitionKeyUtf8 => _partitionKey;

    /// <summary>Gets the digits of <see cref="SequenceNumber"/> in ASCII as they arrived, without decoding.</summary>
    public ReadOnlyMemory<byte> SequenceNumberAscii => _sequenceNumber;

    /// <summary>Gets the arrival time in milliseconds since the Unix epoch, or <see cref="NoTimestamp"/>.</summary>
    internal long ApproximateArrivalMilliseconds { get; }

    /// <summary>
    /// Returns a copy that owns its bytes, and that stays valid after the processor's call if the consumer reuses its buffers.
    /// </summary>
    public KinesisRecord ToOwned() =>
        new(
            Data.ToArray(),
            HasPartitionKey ? _partitionKey.ToArray() : NoKey,
            _sequenceNumber.ToArray(),
            SubSequenceNumber,
            ApproximateArrivalMilliseconds);
}
