using System.Globalization;
using Kcl.Kinesis.Hashing;

namespace Kcl.Kinesis.Aggregation;

/// <summary>
/// Finds the keys and records in the message of an aggregate (<c>messages.proto</c> of the Kinesis Producer Library). Only positions are
/// stored, in lists that are reused.
/// </summary>
internal sealed class AggregateParser
{
    private readonly List<(int Start, int Length)> _keys = [];
    private readonly List<(int Start, int Length)> _explicitKeys = [];
    private readonly List<(ulong Key, ulong? ExplicitKey, int Start, int Length)> _records = [];
    private readonly List<UInt128?> _hashes = [];
    private ReadOnlyMemory<byte> _message;

    /// <summary>Gets the number of user records.</summary>
    public int Count => _records.Count;

    /// <summary>Parses a message.</summary>
    /// <param name="message">The message; it must stay unchanged while its records are read.</param>
    /// <returns>True if it is the message of an aggregate; otherwise, false.</returns>
    public bool TryParse(ReadOnlyMemory<byte> message)
    {
        _message = message;
        _keys.Clear();
        _explicitKeys.Clear();
        _records.Clear();
        _hashes.Clear();
        var bytes = message.Span;
        var reader = new ProtobufReader(bytes);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2):
                    _keys.Add(reader.ReadBytes());
                    break;
                case (2, 2):
                    _explicitKeys.Add(reader.ReadBytes());
                    break;
                case (3, 2):
                    var (start, length) = reader.ReadBytes();
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

    /// <summary>Returns the payload of a user record.</summary>
    public ReadOnlyMemory<byte> GetData(int index) => _message.Slice(_records[index].Start, _records[index].Length);

    /// <summary>Finds the partition key of a user record.</summary>
    /// <param name="index">The index of the record.</param>
    /// <param name="partitionKey">Its partition key.</param>
    /// <returns>True if the key exists; otherwise, false.</returns>
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

    /// <summary>Returns the hash key of a user record: its explicit hash key, or the hash of its partition key if it has none.</summary>
    /// <param name="index">The index of the record; its partition key must exist.</param>
    /// <param name="usable">
    /// False if its explicit hash key does not exist or is not valid; the result is then the hash of its partition key.
    /// </param>
    public UInt128 GetHashKey(int index, out bool usable)
    {
        var (key, explicitKey, _, _) = _records[index];
        usable = true;
        if (explicitKey is { } given)
        {
            var hashKey = UInt128.Zero;
            usable = given < (ulong)_explicitKeys.Count && TryParse(_explicitKeys[(int)given], out hashKey);
            if (usable)
            {
                return hashKey;
            }
        }

        return ComputeHash((int)key);
    }

    private bool TryParse((int Start, int Length) text, out UInt128 hashKey) => UInt128.TryParse(
        _message.Span.Slice(text.Start, text.Length), NumberStyles.None, CultureInfo.InvariantCulture, out hashKey);

    // A key is hashed once, for all records that have it.
    private UInt128 ComputeHash(int key)
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
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0):
                    key = reader.ReadVarint();
                    break;
                case (2, 0):
                    explicitKey = reader.ReadVarint();
                    break;
                case (3, 2):
                    data = reader.ReadBytes();
                    break;
                case (4, 2):
                    var (start, length) = reader.ReadBytes();
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
        while (reader.MoveNext())
        {
            hasKey |= (reader.Field, reader.WireType) == (1, 2);
            reader.Skip();
        }

        return hasKey && !reader.Failed;
    }
}
