using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kcl;

/// <summary>One user record of a shard: a plain Kinesis record, or a record within a KPL aggregate.</summary>
/// <remarks>
/// A record is a view of the response that contained it, and stays valid as long as it is referenced. If the consumer reuses its buffers
/// (<c>KinesisConsumerOptions.ReuseRecordBuffers</c>; the daemon does), a record is valid only until the processor's call returns; to keep
/// it longer, keep the copy that <see cref="ToOwned"/> returns.
/// </remarks>
public sealed class KinesisRecord
{
    /// <summary>The arrival time of a record whose server did not report one.</summary>
    internal const long NoTimestamp = long.MinValue;

    // The default value means no key; a key refers to an array even if it is empty. So the distinction needs no further field.
    private static readonly ReadOnlyMemory<byte> EmptyKey = Array.Empty<byte>();

    // A property, because the literal null would be converted as an array of bytes to an empty key.
    private static ReadOnlyMemory<byte>? NoKey => null;

    private readonly ReadOnlyMemory<byte> _partitionKey;
    private readonly ReadOnlyMemory<byte> _sequenceNumber;
    private string? _partitionKeyText;
    private SequenceNumber? _sequenceNumberValue;

    /// <summary>Creates a record from values, for tests and test data.</summary>
    /// <param name="data">The payload.</param>
    /// <param name="partitionKey">The partition key; null for a record that was put without one.</param>
    /// <param name="sequenceNumber">The sequence number of the Kinesis record.</param>
    /// <param name="subSequenceNumber">The index within a KPL aggregate; 0 for a plain record.</param>
    /// <param name="approximateArrivalTimestamp">
    /// The time at which the service received the record, with a resolution of one millisecond; null if it is not known.
    /// </param>
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
    /// Creates a record from slices of the response that contained it. Nothing is copied; text is decoded when a property is read.
    /// </summary>
    /// <param name="data">The payload.</param>
    /// <param name="partitionKeyUtf8">The partition key in UTF-8; null for a record that was put without one.</param>
    /// <param name="sequenceNumberAscii">The digits of the sequence number.</param>
    /// <param name="subSequenceNumber">The index within a KPL aggregate; 0 for a plain record.</param>
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
    /// Only streams with the record distribution strategy AUTO accept records without one. The records within a KPL aggregate always have
    /// one.
    /// </remarks>
    [MemberNotNullWhen(true, nameof(PartitionKey))]
    public bool HasPartitionKey => !_partitionKey.Equals(default);

    /// <summary>Gets the partition key: 1 to 256 characters; null for a record that was put without one.</summary>
    /// <remarks>
    /// On a stream with the record distribution strategy AUTO, the key does not determine the shard: records with the same key can be in
    /// several shards.
    /// </remarks>
    public string? PartitionKey => _partitionKeyText ??= HasPartitionKey ? Encoding.UTF8.GetString(_partitionKey.Span) : null;

    /// <summary>Gets the sequence number of the Kinesis record within its shard. The user records of one aggregate share it.</summary>
    public SequenceNumber SequenceNumber => _sequenceNumberValue ??= SequenceNumber.Parse(Encoding.ASCII.GetString(_sequenceNumber.Span));

    /// <summary>Gets the index within a KPL aggregate; 0 for a plain record.</summary>
    public long SubSequenceNumber { get; }

    /// <summary>
    /// Gets the time at which the service received the record, in UTC, with a resolution of one millisecond; null if the server did not
    /// report it.
    /// </summary>
    public DateTimeOffset? ApproximateArrivalTimestamp => ApproximateArrivalMilliseconds == NoTimestamp
        ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(ApproximateArrivalMilliseconds);

    /// <summary>
    /// Gets the position of the record: the sequence number and sub-sequence number that a checkpoint at this record stores.
    /// </summary>
    public ExtendedSequenceNumber Position => new(SequenceNumber, SubSequenceNumber);

    /// <summary>
    /// Gets the partition key in UTF-8, as received. Empty for a record without a key;
    /// <see cref="HasPartitionKey"/> distinguishes it from an empty key.
    /// </summary>
    public ReadOnlyMemory<byte> PartitionKeyUtf8 => _partitionKey;

    /// <summary>Gets the digits of <see cref="SequenceNumber"/> in ASCII, as received.</summary>
    public ReadOnlyMemory<byte> SequenceNumberAscii => _sequenceNumber;

    /// <summary>Gets the arrival time in milliseconds since the Unix epoch, or <see cref="NoTimestamp"/>.</summary>
    internal long ApproximateArrivalMilliseconds { get; }

    /// <summary>
    /// Returns a copy that owns its bytes. It stays valid after the processor's call even if the consumer reuses its buffers.
    /// </summary>
    public KinesisRecord ToOwned() =>
        new(
            Data.ToArray(),
            HasPartitionKey ? _partitionKey.ToArray() : NoKey,
            _sequenceNumber.ToArray(),
            SubSequenceNumber,
            ApproximateArrivalMilliseconds);
}
