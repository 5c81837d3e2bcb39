using System.Globalization;

namespace Kcl.Kinesis.Aggregation;

/// <summary>Finds tables and records in an aggregate's message (KPL's <c>messages.proto</c>): positions only, kept in lists that are used again.</summary>
internal sealed class AggregateParser
{
    private readonly List<(int Start, int Length)> _keys = [];
    private readonly List<(int Start, int Length)> _explicitKeys = [];
    private readonly List<(ulong Key, ulong? ExplicitKey, int Start, int Length)> _records = [];
    private readonly List<UInt128?> _hashes = [];
    private ReadOnlyMemory<byte> _message;

    /// <summary>How many user records there are.</summary>
    public int Count => _records.Count;

    /// <summary>Reads a message.</summary>
    /// <param name="message">The message, which has to outlive what is asked about it.</param>
    /// <returns>Whether it is the message of an aggregate.</returns>
    public bool TryParse(ReadOnlyMemory<byte> message)
    {
        _message = message;
        _keys.Clear();
        _explicitKeys.Clear();
        _records.Clear();
        _hashes.Clear();
        var bytes = message.Span;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2):
                    _keys.Add(reader.Bytes());
                    break;
                case (2, 2):
                    _explicitKeys.Add(reader.Bytes());
                    break;
                case (3, 2):
                    var (start, length) = reader.Bytes();
                    if (reader.Failed || !AddRecord(bytes.Slice(start, length), start))
                    {
                        return false;
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>The payload of a user record.</summary>
    public ReadOnlyMemory<byte> Data(int index) => _message.Slice(_records[index].Start, _records[index].Length);

    /// <summary>Looks up a user record's partition key.</summary>
    /// <param name="index">Which record.</param>
    /// <param name="partitionKey">Its partition key.</param>
    /// <returns>Whether its index points to a key.</returns>
    public bool TryFindKey(int index, out ReadOnlyMemory<byte> partitionKey)
    {
        var key = _records[index].Key;
        if (key >= (ulong)_keys.Count)
        {
            partitionKey = default;
            return false;
        }

        partitionKey = _message.Slice(_keys[(int)key].Start, _keys[(int)key].Length);
        return true;
    }

    /// <summary>Tells where a user record belongs: its explicit hash key, else the hash of its partition key.</summary>
    /// <param name="index">Which record; one whose partition key was found.</param>
    /// <param name="usable">
    /// False where it names an explicit hash key that is not there or is not a hash key. Then the partition key decides.
    /// </param>
    public UInt128 HashKey(int index, out bool usable)
    {
        var (key, explicitKey, _, _) = _records[index];
        usable = true;
        if (explicitKey is { } given)
        {
            var hashKey = UInt128.Zero;
            usable = given < (ulong)_explicitKeys.Count
                && UInt128.TryParse(_message.Span.Slice(_explicitKeys[(int)given].Start, _explicitKeys[(int)given].Length), NumberStyles.None, CultureInfo.InvariantCulture, out hashKey);
            if (usable)
            {
                return hashKey;
            }
        }

        return HashOf((int)key);
    }

    // A key is hashed once, however many records have it.
    private UInt128 HashOf(int key)
    {
        while (_hashes.Count <= key)
        {
            _hashes.Add(null);
        }

        return _hashes[key] ??= Md5.Hash(_message.Span.Slice(_keys[key].Start, _keys[key].Length));
    }

    private bool AddRecord(ReadOnlySpan<byte> record, int offset)
    {
        ulong? key = null;
        ulong? explicitKey = null;
        (int Start, int Length)? data = null;
        var reader = new ProtobufReader(record);
        while (reader.Next())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0):
                    key = reader.Varint();
                    break;
                case (2, 0):
                    explicitKey = reader.Varint();
                    break;
                case (3, 2):
                    data = reader.Bytes();
                    break;
                case (4, 2):
                    var (start, length) = reader.Bytes();
                    if (reader.Failed || !IsTag(record.Slice(start, length)))
                    {
                        return false;
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed || key is null || data is null)
        {
            return false;
        }

        _records.Add((key.Value, explicitKey, offset + data.Value.Start, data.Value.Length));
        return true;
    }

    private static bool IsTag(ReadOnlySpan<byte> tag)
    {
        var hasKey = false;
        var reader = new ProtobufReader(tag);
        while (reader.Next())
        {
            hasKey |= (reader.Field, reader.WireType) == (1, 2);
            reader.Skip();
        }

        return hasKey && !reader.Failed;
    }
}
