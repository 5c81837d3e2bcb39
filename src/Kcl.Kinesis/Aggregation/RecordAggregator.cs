using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Kcl.Kinesis.Aggregation;

/// <summary>Collects records of one shard into an aggregate, as the Kinesis Producer Library writes it.</summary>
/// <remarks>
/// Records of one aggregate have to belong to one shard: consumers leave an aggregate out that holds a record of another.
/// <see cref="AggregationExtensions.PutAllAggregatedAsync"/> sees to that. Not safe for several callers at once.
/// </remarks>
public sealed class RecordAggregator
{
    /// <summary>The size of an aggregate the Kinesis Producer Library stops at.</summary>
    public const int DefaultMaxBytes = 51_200;

    // The partition key of aggregates with an explicit hash key beside it, as the Kinesis Producer Library chooses it.
    private const string PartitionKey = "a";
    private readonly int _maxBytes;
    private readonly int _maxCount;
    private readonly Dictionary<string, int> _keys = [];
    private readonly Dictionary<UInt128, int> _explicitKeys = [];
    private readonly List<PutRecordEntry> _records = [];
    private int _messageLength;

    /// <summary>Creates an empty aggregate.</summary>
    /// <param name="maxBytes">How large the aggregate may become, in bytes; a single record that is larger makes one all the same.</param>
    /// <param name="maxCount">How many records it may hold.</param>
    public RecordAggregator(int maxBytes = DefaultMaxBytes, int maxCount = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        (_maxBytes, _maxCount) = (maxBytes, maxCount);
    }

    /// <summary>How many records were collected.</summary>
    public int Count => _records.Count;

    /// <summary>The size of the aggregate's data, in bytes.</summary>
    public int Size => AggregateFormat.MagicLength + _messageLength + AggregateFormat.DigestLength;

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>False if it doesn't fit: then build the aggregate and begin the next with it.</returns>
    /// <exception cref="ArgumentException">The record has no partition key.</exception>
    public bool TryAdd(PutRecordEntry record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.PartitionKey is not { } partitionKey)
        {
            throw new ArgumentException(
                "The format of aggregates has no place for a record without a partition key. Put it by itself, or give it a key.",
                nameof(record));
        }

        var added = NewKeyLength(record) + NewExplicitKeyLength(record) + Field(RecordLength(record, KeyIndex(record), ExplicitKeyIndex(record)));
        if (Count > 0 && (Count >= _maxCount || Size + added + PartitionKey.Length > _maxBytes))
        {
            return false;
        }

        _keys.TryAdd(partitionKey, _keys.Count);
        if (record.ExplicitHashKey is { } explicitKey)
        {
            _explicitKeys.TryAdd(explicitKey, _explicitKeys.Count);
        }

        _records.Add(record);
        _messageLength += added;
        return true;
    }

    /// <summary>Ends the aggregate and begins an empty one.</summary>
    /// <returns>What to put: a single record as it is, several as one aggregate.</returns>
    /// <exception cref="InvalidOperationException">There are no records.</exception>
    public PutRecordEntry Build()
    {
        var built = _records switch
        {
            [] => throw new InvalidOperationException("An aggregate of no records cannot be built."),
            [var only] => only,
            [var first, ..] => new(Write(), PartitionKey, HashKeyOf(first)),
        };
        _keys.Clear();
        _explicitKeys.Clear();
        _records.Clear();
        _messageLength = 0;
        return built;
    }

    /// <summary>Where a record belongs.</summary>
    internal static UInt128 HashKeyOf(PutRecordEntry record) => record.ExplicitHashKey ?? PartitionKeyHash.Compute(Key(record));

    // Only records with a key are added.
    private static string Key(PutRecordEntry record) => record.PartitionKey!;

    private byte[] Write()
    {
        var data = new byte[Size];
        AggregateFormat.Magic.CopyTo(data);
        var message = data.AsSpan(AggregateFormat.MagicLength, _messageLength);
        var rest = message;
        foreach (var (key, _) in _keys.OrderBy(entry => entry.Value))
        {
            rest = Bytes(rest, 0x0A, Encoding.UTF8.GetBytes(key));
        }

        foreach (var (explicitKey, _) in _explicitKeys.OrderBy(entry => entry.Value))
        {
            rest = Bytes(rest, 0x12, Encoding.ASCII.GetBytes(explicitKey.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (var record in _records)
        {
            var (key, explicitKey) = (KeyIndex(record), ExplicitKeyIndex(record));
            rest[0] = 0x1A;
            rest = Varint(rest[1..], RecordLength(record, key, explicitKey));
            rest[0] = 0x08;
            rest = Varint(rest[1..], key);
            if (explicitKey >= 0)
            {
                rest[0] = 0x10;
                rest = Varint(rest[1..], explicitKey);
            }

            rest = Bytes(rest, 0x1A, record.Data.Span);
        }

        BinaryPrimitives.WriteUInt128BigEndian(data.AsSpan(data.Length - AggregateFormat.DigestLength), Md5.Hash(message));
        return data;
    }

    private int KeyIndex(PutRecordEntry record) => _keys.TryGetValue(Key(record), out var index) ? index : _keys.Count;

    private int ExplicitKeyIndex(PutRecordEntry record) =>
        record.ExplicitHashKey is not { } key ? -1 : _explicitKeys.TryGetValue(key, out var index) ? index : _explicitKeys.Count;

    private int NewKeyLength(PutRecordEntry record) => _keys.ContainsKey(Key(record)) ? 0 : Field(Encoding.UTF8.GetByteCount(Key(record)));

    private int NewExplicitKeyLength(PutRecordEntry record) =>
        record.ExplicitHashKey is not { } key || _explicitKeys.ContainsKey(key) ? 0 : Field(key.ToString(CultureInfo.InvariantCulture).Length);

    private static int RecordLength(PutRecordEntry record, int key, int explicitKey) =>
        1 + VarintLength(key) + (explicitKey < 0 ? 0 : 1 + VarintLength(explicitKey)) + Field(record.Data.Length);

    private static int Field(int length) => 1 + VarintLength(length) + length;

    private static int VarintLength(int value) => value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;

    private static Span<byte> Bytes(Span<byte> output, byte tag, ReadOnlySpan<byte> value)
    {
        output[0] = tag;
        output = Varint(output[1..], value.Length);
        value.CopyTo(output);
        return output[value.Length..];
    }

    private static Span<byte> Varint(Span<byte> output, int value)
    {
        var rest = (uint)value;
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            output[length++] = (byte)(rest | 0x80);
        }

        output[length++] = (byte)rest;
        return output[length..];
    }
}
