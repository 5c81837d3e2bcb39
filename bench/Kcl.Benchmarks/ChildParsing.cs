using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Kcl.MultiLang.Protocol;

namespace Kcl.Benchmarks;

/// <summary>
/// Parses the line that a child reads into records. The baseline is <c>JsonDocument</c>. Both start by copying the line, because the parser
/// of Kcl decodes in place.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ChildParsing
{
    private byte[] _line = [];
    private byte[] _copy = [];

    [Params(100, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var encoder = new ProcessRecordsEncoder(SampleRecords.Create(1000, Size), 0);
        var buffer = new byte[4 << 20];
        _line = buffer[..(encoder.Encode(buffer) - 1)];
        _copy = new byte[_line.Length];
    }

    [Benchmark(Baseline = true)]
    public int JsonDocument()
    {
        _line.CopyTo(_copy, 0);
        using var document = System.Text.Json.JsonDocument.Parse(_copy);
        var bytes = 0;
        foreach (var record in document.RootElement.GetProperty("records"u8).EnumerateArray())
        {
            bytes += record.GetProperty("data"u8).GetBytesFromBase64().Length
                + record.GetProperty("partitionKey"u8).GetString()!.Length
                + record.GetProperty("sequenceNumber"u8).GetString()!.Length;
        }

        return bytes;
    }

    [Benchmark]
    public int Parser()
    {
        _line.CopyTo(_copy, 0);
        var bytes = 0;
        foreach (var record in DaemonMessageParser.Parse(_copy).Records!)
        {
            bytes += record.Data.Length + record.PartitionKeyUtf8.Length + record.SequenceNumberAscii.Length;
        }

        return bytes;
    }
}
