using System.Globalization;
using Kcl.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Simulation.Tests;

/// <summary>
/// Simulates fleets whose logs throw or block. Runs a tenth of <c>KCL_SIMULATION_SEEDS</c>; <c>KCL_SIMULATION_SEED=42</c>
/// replays one.
/// </summary>
public sealed class LogFaultTests
{
    private const int SeedsForAMistake = 60;

    [Theory]
    [InlineData((int)LogFaults.Throw)]
    [InlineData((int)LogFaults.Block)]
    [InlineData((int)(LogFaults.Throw | LogFaults.Block))]
    public async Task A_log_that_throws_or_blocks_stops_no_shard(int faults)
    {
        var options = new SimulationOptions { LogFaults = (LogFaults)faults };
        var seeds = Setting("KCL_SIMULATION_SEED") is { } seed
            ? [seed]
            : Enumerable.Range(1, (Setting("KCL_SIMULATION_SEEDS") ?? 1000) / 10);
        var (broken, failures) = await OneThread.RunAsync<(string?, long)>(async () =>
        {
            var failures = 0L;
            foreach (var seed in seeds)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                var result = await SimulatedFleet.RunAsync(seed, options);
                failures += result.LogFailures;
                if (result.Violation is not null)
                {
                    return (
                        $"seed {seed}: {result.Violation}\n{string.Join('\n', result.Events)}\nreplay with KCL_SIMULATION_SEED={seed}",
                        failures);
                }
            }

            return (null, failures);
        });
        Assert.True(broken is null, broken);
        Assert.NotEqual(0, failures);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{failures} calls of logs threw or blocked"));
    }

    [Theory]
    [InlineData((int)LogFaults.Throw)]
    [InlineData((int)LogFaults.Block)]
    public async Task A_log_that_workers_call_themselves_is_found(int faults)
    {
        // The mistake: a thread that logs calls the loggers of the host itself.
        var options = new SimulationOptions { LogFaults = (LogFaults)faults, CreateLoggers = static log => new CalledDirectly(log) };
        var found = await OneThread.RunAsync(async () =>
        {
            for (var seed = 1; seed <= SeedsForAMistake; seed++)
            {
                if ((await SimulatedFleet.RunAsync(seed, options)).Violation is { } violation)
                {
                    return $"seed {seed}: {violation}";
                }
            }

            return null;
        });
        Assert.True(found is not null, $"it was not found in {SeedsForAMistake} seeds");
        TestContext.Current.TestOutputHelper?.WriteLine(found);
    }

    [Theory]
    [InlineData((int)LogFaults.Throw)]
    [InlineData((int)LogFaults.Block)]
    public async Task A_seed_with_faults_of_logs_replays_exactly(int faults)
    {
        var options = new SimulationOptions { LogFaults = (LogFaults)faults };
        var (first, second) = await OneThread.RunAsync(
            async () => (await SimulatedFleet.RunAsync(7, options), await SimulatedFleet.RunAsync(7, options)));
        Assert.Equal((first.Timers, first.Deliveries, first.LogFailures), (second.Timers, second.Deliveries, second.LogFailures));
        Assert.Equal(first.Events, second.Events);
        Assert.NotEqual(0, first.LogFailures);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Claims never to block, but calls the host's loggers directly.</summary>
    private sealed class CalledDirectly(ILoggerFactory log) : INonBlockingLoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => log.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => log.AddProvider(provider);

        public void Dispose() => log.Dispose();
    }
}
