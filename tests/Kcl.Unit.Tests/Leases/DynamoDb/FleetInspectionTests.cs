using Kcl.Leases.DynamoDb;
using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class FleetInspectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, LeaseFleetMode.Taking)]
    [InlineData("CLIENT_VERSION_INIT", LeaseFleetMode.Taking)]
    [InlineData("CLIENT_VERSION_2X", LeaseFleetMode.Taking)]
    [InlineData("CLIENT_VERSION_UPGRADE_FROM_2X", LeaseFleetMode.Taking)]
    [InlineData("CLIENT_VERSION_3X_WITH_ROLLBACK", LeaseFleetMode.Assigned)]
    [InlineData("CLIENT_VERSION_3X", LeaseFleetMode.Assigned)]
    [InlineData("CLIENT_VERSION_4X", LeaseFleetMode.Unknown)]
    public void The_row_of_the_fleet_decides(string? version, LeaseFleetMode mode)
    {
        var fleet = new FleetEvidence(
            "app",
            "app-CoordinatorState",
            CoordinatorTableState.Absent,
            version,
            "app",
            HasOwnerIndex: false,
            PendingHandOffs: 0).Evaluate();
        Assert.Equal(mode, fleet.Mode);
        Assert.Equal(mode == LeaseFleetMode.Taking, fleet.MayTake);
        Assert.Equal(mode == LeaseFleetMode.Taking, fleet.Advice is null);
        if (version is not null)
        {
            Assert.Contains(version, fleet.Evidence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false, 0, LeaseFleetMode.Taking)]
    [InlineData(true, 0, LeaseFleetMode.Unknown)]
    [InlineData(false, 2, LeaseFleetMode.Unknown)]
    public void Traces_of_3x_prevent_taking_if_the_coordinator_table_cannot_be_read(bool index, int handOffs, LeaseFleetMode mode) =>
        Assert.Equal(
            mode,
            new FleetEvidence(
                "app",
                "app-CoordinatorState",
                CoordinatorTableState.Unreadable,
                null,
                "app",
                index,
                handOffs).Evaluate().Mode);

    [Fact]
    public async Task A_2x_fleet_is_recognized_with_two_reads_and_nothing_is_written()
    {
        var server = new ScriptedDynamoDb((_, number) => number == 1
            ? ScriptedDynamoDb.Error("ResourceNotFoundException")
            : ScriptedDynamoDb.Ok());
        using var store = server.Store();
        Assert.True((await store.InspectFleetAsync([], Token)).MayTake);
        Assert.Equal(["GetItem", "GetItem"], server.Actions);
    }

    [Fact]
    public async Task A_fleet_of_3_0_to_3_4_is_recognized_by_its_coordinator_table()
    {
        var server = new ScriptedDynamoDb((_, number) => number == 2
            ? ScriptedDynamoDb.Ok("""{"Item":{"key":{"S":"Migration3.0"},"cv":{"S":"CLIENT_VERSION_3X"}}}""")
            : ScriptedDynamoDb.Ok());
        using var store = server.Store();
        var fleet = await store.InspectFleetAsync([], Token);
        Assert.Equal(LeaseFleetMode.Assigned, fleet.Mode);
        Assert.Contains("app-CoordinatorState", fleet.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_coordinator_table_is_ignored_after_the_table_migration()
    {
        var server = new ScriptedDynamoDb((_, number) => number == 1
            ? ScriptedDynamoDb.Ok("""{"Item":{"tm":{"S":"TABLE_MIGRATION_STATUS_COMPLETE"}}}""")
            : ScriptedDynamoDb.Ok("""{"Item":{"cv":{"S":"CLIENT_VERSION_2X"}}}"""));
        using var store = server.Store();
        Assert.Contains(
            "of table app contains",
            (await store.InspectFleetAsync([], Token)).Evidence.Replace("'", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Equal(2, server.Actions.Count);
    }
}
