using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Kcl.MultiLang.Protocol;

namespace Kcl.Benchmarks;

/// <summary>Writes a batch as the line that a child reads. The baseline is <c>Utf8JsonWriter</c>, which buffers the whole line.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ProcessRecordsWriting
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new();
    private KinesisRecord[] _records = [];

    [Params(100, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp() => _records = SampleRecords.Create(1000, Size);

    [Benchmark(Baseline = true)]
    public int Utf8JsonWriter()
    {
        _line.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_line, new() { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("action"u8, "processRecords"u8);
        json.WriteStartArray("records"u8);
        foreach (var record in _records)
        {
            json.WriteStartObject();
            json.WriteBase64String("data"u8, record.Data.Span);
            json.WriteString("partitionKey"u8, record.PartitionKeyUtf8.Span);
            json.WriteString("sequenceNumber"u8, record.SequenceNumberAscii.Span);
            json.WriteNumber("approximateArrivalTimestamp"u8, record.ApproximateArrivalMilliseconds);
            json.WriteNumber("subSequenceNumber"u8, record.SubSequenceNumber);
            json.WriteString("action"u8, "record"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("millisBehindLatest"u8, 0);
        json.WriteEndObject();
        json.Flush();
        return _line.WrittenCount;
    }

    [Benchmark]
    public int Encoder()
    {
        var encoder = new ProcessRecordsEncoder(_records, 0);
        var written = 0;
        while (!encoder.IsDone)
        {
            written += encoder.Encode(_buffer);
        }

        return written;
    }
}
