using Kcl.Cli.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Cli;

public sealed class LogConfigurationTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Levels_of_a_logback_file_are_taken()
    {
        var (levels, ignored) = Read("""
            <configuration>
              <appender name="A" class="X"><encoder><pattern>%msg</pattern></encoder></appender>
              <logger name="software.amazon.kinesis.leases" level="debug"/>
              <logger name="Kcl.Daemon" level="ERROR"/>
              <root level="WARN"><appender-ref ref="A"/></root>
            </configuration>
            """);

        Assert.Equal(["appender", "appender-ref", "encoder", "pattern"], ignored);
        Assert.Equal(LogLevel.Debug, levels.GetLevel("Kcl.Leasing.LeaseTaker"));
        Assert.Equal(LogLevel.Error, levels.GetLevel("Kcl.Daemon"));
        Assert.Equal(LogLevel.Warning, levels.GetLevel("Kcl.DaemonX"));
    }

    [Theory]
    [InlineData(
        """{"Logging":{"LogLevel":{"Default":"Warning","Kcl.Leasing":"debug"},"Console":{}},"AllowedHosts":"*"}""",
        "AllowedHosts,Console")]
    [InlineData("""{"LogLevel":{"Default":"Warning","Kcl.Leasing":"Debug"}}""", "")]
    public void Levels_of_a_logging_section_are_taken(string text, string others)
    {
        var (levels, ignored) = Read(text);

        Assert.Equal(others, string.Join(",", ignored));
        Assert.Equal((LogLevel.Debug, LogLevel.Warning), (levels.GetLevel("Kcl.Leasing.X"), levels.GetLevel("Kcl.Daemon")));
    }

    [Theory]
    [InlineData("{]", "not valid JSON")]
    [InlineData("""{"LogLevel":{"Kcl":"Loud"}}""", "\"Loud\"")]
    [InlineData("""<configuration><root level="LOUD"/></configuration>""", "'LOUD'")]
    [InlineData("<configuration>", "not valid XML")]
    public void What_cannot_be_read_is_named(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<ConfigurationException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(
            "'/nowhere/logback.xml'",
            Assert.Throws<ConfigurationException>(() => LogConfiguration.Read("/nowhere/logback.xml")).Message,
            StringComparison.Ordinal);

    private (LogLevels Levels, IReadOnlyList<string> Ignored) Read(string text)
    {
        File.WriteAllText(_path, text);
        return LogConfiguration.Read(_path);
    }
}
