using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Kcl.Kinesis.Aggregation;
using Kcl.Kinesis.Hashing;

namespace Kcl.Kinesis;

/// <summary>Builds an aggregate of records of one shard, in the format of the Kinesis Producer Library.</summary>
/// <remarks>
/// The records of an aggregate must belong to one shard: consumers leave out an aggregate that contains a record of another shard.
/// <see cref="AggregationExtensions.PutAllAggregatedAsync"/> groups records accordingly. Not safe for concurrent use.
/// </remarks>
public sealed class RecordAggregator
{
    /// <summary>The default maximum size of an aggregate, in bytes, as in the Kinesis Producer Library.</summary>
    public const int DefaultMaxBytes = 51_200;

    // The partition key of every aggregate, as in the Kinesis Producer Library. The explicit hash key determines the shard.
    private const string PartitionKey = "a";
    private readonly int _maxBytes;
    private readonly int _maxCount;
    private readonly Dictionary<string, int> _keys = [];
    private readonly Dictionary<UInt128, int> _explicitKeys = [];
    private readonly List<PutRecordEntry> _records = [];
    private int _messageLength;

    /// <summary>Creates an empty aggregate.</summary>
    /// <param name="maxBytes">The maximum size of the aggregate, in bytes. A single larger record is accepted.</param>
    /// <param name="maxCount">The maximum number of records of the aggregate.</param>
    public RecordAggregator(int maxBytes = DefaultMaxBytes, int maxCount = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        _maxBytes = maxBytes;
        _maxCount = maxCount;
    }

    /// <summary>Gets the number of collected records.</summary>
    public int Count => _records.Count;

    /// <summary>Gets the size of the aggregate's data, in bytes.</summary>
    public int Size => AggregateFormat.MagicLength + _messageLength + AggregateFormat.DigestLength;

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>
    /// True if the record was added; false if it does not fit. Then build the aggregate and add the record to the next one.
    /// </returns>
    /// <exception cref="ArgumentException">The record has no partition key.</exception>
    public bool TryAdd(PutRecordEntry record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.PartitionKey is not { } partitionKey)
        {
            throw new ArgumentException(
                "An aggregate cannot contain a record without a partition key. Put the record without aggregation, or set a partition key.",
                nameof(record));
        }

        var recordLength = GetRecordLength(record, GetKeyIndex(record), GetExplicitKeyIndex(record));
        var added = GetNewKeyLength(record) + GetNewExplicitKeyLength(record) + GetFieldLength(recordLength);
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

    /// <summary>Builds the aggregate, and removes its records from this instance.</summary>
    /// <returns>The record to put: a single record unchanged, several records as an aggregate.</returns>
    /// <exception cref="InvalidOperationException">There are no records.</exception>
    public PutRecordEntry Build()
    {
        var built = _records switch
        {
            [] => throw new InvalidOperationException("There are no records to aggregate. Add a record with TryAdd first."),
            [var only] => only,
            [var first, ..] => new(BuildData(), PartitionKey) { ExplicitHashKey = GetHashKey(first) },
        };
        _keys.Clear();
        _explicitKeys.Clear();
        _records.Clear();
        _messageLength = 0;
        return built;
    }

    /// <summary>Returns the hash key of a record.</summary>
    internal static UInt128 GetHashKey(PutRecordEntry record) => record.ExplicitHashKey ?? PartitionKeyHash.Compute(GetKey(record));

    // Only records with a key are added.
    private static string GetKey(PutRecordEntry record) => record.PartitionKey!;

    private byte[] BuildData()
    {
        var data = new byte[Size];
        AggregateFormat.Magic.CopyTo(data);
        var message = data.AsSpan(AggregateFormat.MagicLength, _messageLength);
        var rest = message;
        foreach (var (key, _) in _keys.OrderBy(entry => entry.Value))
        {
            rest = WriteBytes(rest, 0x0A, Encoding.UTF8.GetBytes(key));
        }

        foreach (var (explicitKey, _) in _explicitKeys.OrderBy(entry => entry.Value))
        {
            rest = WriteBytes(rest, 0x12, Encoding.ASCII.GetBytes(explicitKey.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (var record in _records)
        {
            var key = GetKeyIndex(record);
            var explicitKey = GetExplicitKeyIndex(record);
            rest[0] = 0x1A;
            rest = WriteVarint(rest[1..], GetRecordLength(record, key, explicitKey));
            rest[0] = 0x08;
            rest = WriteVarint(rest[1..], key);
            if (explicitKey >= 0)
            {
                rest[0] = 0x10;
                rest = WriteVarint(rest[1..], explicitKey);
            }

            rest = WriteBytes(rest, 0x1A, record.Data.Span);
        }

        BinaryPrimitives.WriteUInt128BigEndian(data.AsSpan(data.Length - AggregateFormat.DigestLength), Md5.Hash(message));
        return data;
    }

    private int GetKeyIndex(PutRecordEntry record) => _keys.TryGetValue(GetKey(record), out var index) ? index : _keys.Count;

    private int GetExplicitKeyIndex(PutRecordEntry record) =>
        record.ExplicitHashKey is not { } key ? -1 : _explicitKeys.TryGetValue(key, out var index) ? index : _explicitKeys.Count;

    private int GetNewKeyLength(PutRecordEntry record) =>
        _keys.ContainsKey(GetKey(record)) ? 0 : GetFieldLength(Encoding.UTF8.GetByteCount(GetKey(record)));

    private int GetNewExplicitKeyLength(PutRecordEntry record) =>
        record.ExplicitHashKey is { } key && !_explicitKeys.ContainsKey(key)
            ? GetFieldLength(key.ToString(CultureInfo.InvariantCulture).Length)
            : 0;

    private static int GetRecordLength(PutRecordEntry record, int key, int explicitKey) =>
        1 + GetVarintLength(key) + (explicitKey < 0 ? 0 : 1 + GetVarintLength(explicitKey)) + GetFieldLength(record.Data.Length);

    private static int GetFieldLength(int length) => 1 + GetVarintLength(length) + length;

    private static int GetVarintLength(int value) =>
        value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;

    private static Span<byte> WriteBytes(Span<byte> output, byte tag, ReadOnlySpan<byte> value)
    {
        output[0] = tag;
        output = WriteVarint(output[1..], value.Length);
        value.CopyTo(output);
        return output[value.Length..];
    }

    private static Span<byte> WriteVarint(Span<byte> output, int value)
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
