using System.Globalization;
using System.Reflection;
using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leasing;

/// <summary>Tests that docs/coordination.md and <see cref="LeaseTiming"/> are consistent.</summary>
public sealed class LeaseTimingTests
{
    private static readonly LeaseTiming Timing = new(TimeSpan.FromSeconds(10));
    private static readonly LeaseTiming Doubled = new(TimeSpan.FromSeconds(20));

    private static IEnumerable<PropertyInfo> Intervals =>
        typeof(LeaseTiming)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Where(static p => p.PropertyType == typeof(TimeSpan) && p.Name != nameof(LeaseTiming.FailoverTime));

    [Fact]
    public void The_table_of_the_page_has_every_interval()
    {
        var expected = Intervals.Select(static p => $"| `{p.Name}` | {Describe(p)} |").Order(StringComparer.Ordinal).ToList();
        var rows = TableOfPage().Select(static r => string.Join('|', r.Split('|').Take(3)) + "|").Order(StringComparer.Ordinal).ToList();

        Assert.True(
            expected.SequenceEqual(rows),
            $"docs/coordination.md must have these rows, each with its meaning:\n{string.Join('\n', expected)}");
        Assert.All(TableOfPage(), static r => Assert.False(string.IsNullOrWhiteSpace(r.Split('|')[3]), r));
    }

    [Fact]
    public void The_intervals_fit_one_another()
    {
        // Two renewals, and a third one that is cut short, fit before the deadline. The deadline is before the time when a peer may take
        // the lease.
        Assert.True(Timing.RenewalInterval * 2 < Timing.RenewalDeadline);
        Assert.True(Timing.RenewalInterval + Timing.CallTimeout < Timing.RenewalDeadline);
        Assert.True(Timing.RenewalDeadline < Timing.FailoverTime);
        Assert.True(Timing.HedgeDelay * (LeaseTiming.MaxWriteAttempts - 1) < Timing.CallTimeout);
        Assert.True(Timing.SilenceThreshold > Timing.RenewalInterval && Timing.SilenceThreshold < Timing.FailoverTime);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(7, 600)]
    [InlineData(1_000_000, 600)]
    public void The_pause_after_giving_up_doubles_up_to_its_limit(int times, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Timing.GetGiveUpPause(times));

    private static string[] TableOfPage()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "coordination.md"));
        var begin = page.IndexOf("<!-- lease timing: begin", StringComparison.Ordinal);
        var end = page.IndexOf("<!-- lease timing: end", StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, "docs/coordination.md lacks the marks of the table");
        var lines = page[begin..end].Split('\n').Select(static l => l.TrimEnd('\r'));
        return [.. lines.Where(static l => l.StartsWith("| `", StringComparison.Ordinal))];
    }

    private static string Describe(PropertyInfo property)
    {
        var value = (TimeSpan)property.GetValue(Timing)!;
        if ((TimeSpan)property.GetValue(Doubled)! == value)
        {
            return value.TotalMinutes >= 1 ? Format(value.TotalMinutes, "min")
                : value.TotalSeconds >= 1 ? Format(value.TotalSeconds, "s")
                : Format(value.TotalMilliseconds, "ms");
        }

        var part = value / Timing.FailoverTime;
        var divisor = Math.Round(1 / part);
        return part == 1 ? "F" : Math.Abs((1 / part) - divisor) < 0.0001 ? $"F/{divisor}" : Format(part, "F");
    }

    private static string Format(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.####} {unit}");

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Kcl.slnx")))
        {
            directory = directory.Parent;
        }

        return directory!.FullName;
    }
}
