using System.Formats.Cbor;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Operations.Reading;

namespace Kcl.Benchmarks;

/// <summary>
/// Decodes a GetRecords response in CBOR into records. The baseline is <c>CborReader</c>, which creates an object with two strings and an
/// array for each record. Both start by copying the body, as a transport does.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CborDecoding
{
    private byte[] _body = [];

    [Params(100, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var cbor = new CborWriter();
        cbor.WriteStartMap(3);
        cbor.WriteTextString("MillisBehindLatest");
        cbor.WriteInt64(0);
        cbor.WriteTextString("NextShardIterator");
        cbor.WriteTextString(new string('i', 200));
        cbor.WriteTextString("Records");
        var records = SampleRecords.Create(1000, Size);
        cbor.WriteStartArray(records.Length);
        foreach (var record in records)
        {
            cbor.WriteStartMap(4);
            cbor.WriteTextString("ApproximateArrivalTimestamp");
            cbor.WriteTag(CborTag.UnixTimeSeconds);
            cbor.WriteInt64(record.ApproximateArrivalMilliseconds);
            cbor.WriteTextString("Data");
            cbor.WriteByteString(record.Data.Span);
            cbor.WriteTextString("PartitionKey");
            cbor.WriteTextString(record.PartitionKey!);
            cbor.WriteTextString("SequenceNumber");
            cbor.WriteTextString(record.SequenceNumber.ToString());
            cbor.WriteEndMap();
        }

        cbor.WriteEndArray();
        cbor.WriteEndMap();
        _body = cbor.Encode();
    }

    [Benchmark(Baseline = true)]
    public int CborReader()
    {
        var reader = new CborReader((byte[])_body.Clone());
        var bytes = 0;
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (reader.ReadTextString() != "Records")
            {
                reader.SkipValue();
                continue;
            }

            reader.ReadStartArray();
            while (reader.PeekState() != CborReaderState.EndArray)
            {
                bytes += ReadRecord(reader);
            }

            reader.ReadEndArray();
        }

        return bytes;
    }

    [Benchmark]
    public int Slices()
    {
        var body = ResponseBody.Rent(_body.Length, 0, pooled: true);
        _body.CopyTo(body.Memory);
        using var result = GetRecordsCodec.Read(body, WireFormat.Cbor);
        return GetRecordsDecodingSum.Of(result);
    }

    private static int ReadRecord(CborReader reader)
    {
        string partitionKey = "", sequenceNumber = "";
        byte[] data = [];
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            switch (reader.ReadTextString())
            {
                case "Data":
                    data = reader.ReadByteString();
                    break;
                case "PartitionKey":
                    partitionKey = reader.ReadTextString();
                    break;
                case "SequenceNumber":
                    sequenceNumber = reader.ReadTextString();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        reader.ReadEndMap();
        return data.Length + partitionKey.Length + sequenceNumber.Length;
    }
}

/// <summary>Decodes the same response in JSON, where data is in base64. The baseline is <c>JsonDocument</c>.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class JsonDecoding
{
    private byte[] _body = [];

    [Params(100, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("MillisBehindLatest", 0);
            json.WriteString("NextShardIterator", new string('i', 200));
            json.WriteStartArray("Records");
            foreach (var record in SampleRecords.Create(1000, Size))
            {
                json.WriteStartObject();
                json.WriteNumber("ApproximateArrivalTimestamp", record.ApproximateArrivalMilliseconds / 1000.0);
                json.WriteBase64String("Data", record.Data.Span);
                json.WriteString("PartitionKey", record.PartitionKey);
                json.WriteString("SequenceNumber", record.SequenceNumber.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        _body = buffer.ToArray();
    }

    [Benchmark(Baseline = true)]
    public int JsonDocument()
    {
        using var document = System.Text.Json.JsonDocument.Parse((byte[])_body.Clone());
        var bytes = 0;
        foreach (var record in document.RootElement.GetProperty("Records"u8).EnumerateArray())
        {
            bytes += record.GetProperty("Data"u8).GetBytesFromBase64().Length
                + record.GetProperty("PartitionKey"u8).GetString()!.Length
                + record.GetProperty("SequenceNumber"u8).GetString()!.Length;
        }

        return bytes;
    }

    [Benchmark]
    public int Slices()
    {
        var body = ResponseBody.Rent(_body.Length, 0, pooled: true);
        _body.CopyTo(body.Memory);
        using var result = GetRecordsCodec.Read(body, WireFormat.Json);
        return GetRecordsDecodingSum.Of(result);
    }
}

internal static class GetRecordsDecodingSum
{
    public static int Of(Kinesis.GetRecordsResult result)
    {
        var bytes = 0;
        foreach (var record in result.Records)
        {
            bytes += record.Data.Length + record.PartitionKeyUtf8.Length + record.SequenceNumberAscii.Length;
        }

        return bytes;
    }
}
