using System.Globalization;
using System.Text;

namespace Kcl.Benchmarks;

/// <summary>Creates the records that all benchmarks use, with the same bytes in every run.</summary>
internal static class SampleRecords
{
    public static KinesisRecord[] Create(int count, int size)
    {
        var bytes = new Random(20260101);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var data = new byte[size];
            bytes.NextBytes(data);
            return new KinesisRecord(
                data,
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"partition-{i % 97}")),
                Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"4959033827149025660855969253836157109592157598913658{i:D4}")),
                0,
                1_767_225_600_000 + i);
        })];
    }
}
