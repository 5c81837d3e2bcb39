using System.Globalization;

namespace Kcl.Simulation.Tests;

/// <summary>
/// Simulates fleets with different seeds. <c>KCL_SIMULATION_SEEDS=10000</c> runs more seeds; <c>KCL_SIMULATION_SEED=42</c> replays one,
/// with the workers' logs.
/// </summary>
public sealed class FleetTests
{
    private const int SeedsForABug = 60;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nothing_goes_wrong_in_any_seed() => RunAsync(new(), share: 1);

    [Fact]
    public Task Nothing_goes_wrong_when_the_stream_is_created_again_often() => RunAsync(new() { FavorsRecreations = true }, share: 10);

    [Theory]
    [InlineData(nameof(PlantedMistakes.ForgetfulLeases))]
    [InlineData(nameof(PlantedMistakes.ForgottenStart))]
    [InlineData(nameof(PlantedMistakes.ForgottenStream))]
    [InlineData(nameof(PlantedMistakes.TokenOnly))]
    [InlineData(nameof(PlantedMistakes.OneListIsEnough))]
    public Task Every_planted_mistake_is_found(string mistake) => FindAsync(mistake);

    [Theory]
    [InlineData(nameof(PlantedMistakes.UnfencedCheckpoints))]
    [InlineData(nameof(PlantedMistakes.ChildBeforeParent))]
    [InlineData(nameof(PlantedMistakes.LostReplyIsLostLease))]
    [InlineData(nameof(PlantedMistakes.ExpiryByWallClock))]
    [InlineData(nameof(PlantedMistakes.TwoWritersOfOneLease))]
    public Task Every_planted_bug_is_found(string bug) => FindAsync(bug);

    [Fact]
    public async Task A_seed_replays_exactly()
    {
        var (first, second) = await OneThread.RunAsync(
            async () => (await SimulatedFleet.RunAsync(7, new()), await SimulatedFleet.RunAsync(7, new())));
        Assert.Equal(first.Timers, second.Timers);
        Assert.Equal(first.Deliveries, second.Deliveries);
        Assert.Equal(first.Events, second.Events);
    }

    private static async Task RunAsync(SimulationOptions options, int share)
    {
        var only = Setting("KCL_SIMULATION_SEED");
        var seeds = only is { } seed ? [seed] : Enumerable.Range(1, (Setting("KCL_SIMULATION_SEEDS") ?? 1000) / share);
        var run = await OneThread.RunAsync(async () =>
        {
            var (count, deliveries, records, timers) = (0, 0L, 0L, 0L);
            foreach (var seed in seeds)
            {
                Cancelled.ThrowIfCancellationRequested();
                var result = await SimulatedFleet.RunAsync(seed, options with { WithLogs = only is not null });
                count++;
                deliveries += result.Deliveries;
                records += result.Records;
                timers += result.Timers;
                if (result.Violation is not null)
                {
                    return await TellAsync(result, options with { MaxEvents = only is null ? 120 : int.MaxValue });
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{count} seeds, {records} records, {deliveries} deliveries, {timers} timers"));
            return null;
        });
        Assert.True(run is null, run);
    }

    private static async Task FindAsync(string mistake)
    {
        var options = new SimulationOptions { CreateConsumer = PlantedMistakes.All[mistake] };
        var found = await OneThread.RunAsync(async () =>
        {
            for (var seed = 1; seed <= SeedsForABug; seed++)
            {
                var result = await SimulatedFleet.RunAsync(seed, options);
                if (result.Violation is { } violation)
                {
                    return $"seed {seed}: {violation}";
                }
            }

            return null;
        });
        Assert.True(found is not null, $"{mistake} was not found in {SeedsForABug} seeds");
        TestContext.Current.TestOutputHelper?.WriteLine($"{mistake}: {found}");
    }

    private static async Task<string> TellAsync(SimulationResult result, SimulationOptions options)
    {
        var told = await SimulatedFleet.RunAsync(result.Seed, options with { WithLogs = true });
        return $"""
            seed {result.Seed}: {result.Violation}
            {string.Join(Environment.NewLine, told.Events)}
            replay with KCL_SIMULATION_SEED={result.Seed}
            """;
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
