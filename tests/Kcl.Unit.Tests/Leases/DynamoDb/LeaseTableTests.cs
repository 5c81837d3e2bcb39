using Kcl.Leases.DynamoDb;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class LeaseTableTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ACTIVE")]
    [InlineData("UPDATING")]
    public async Task An_existing_table_needs_one_call(string status)
    {
        var server = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Table(status));
        using var store = server.Store();
        await store.InitializeAsync(Token);
        Assert.Equal(["DescribeTable"], server.Actions);
    }

    [Fact]
    public async Task A_missing_table_is_created_and_awaited_with_short_pauses()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var server = new ScriptedDynamoDb((action, number) => (action, number) switch
        {
            ("DescribeTable", 1) => ScriptedDynamoDb.Error("ResourceNotFoundException"),
            ("CreateTable", _) => ScriptedDynamoDb.Created("CREATING"),
            ("DescribeTable", < 6) => ScriptedDynamoDb.Table("CREATING"),
            _ => ScriptedDynamoDb.Table("ACTIVE"),
        });
        using var store = server.Store(time: time);
        var before = time.GetUtcNow();
        await Advance(time, store.InitializeAsync(Token).AsTask(), TimeSpan.FromMilliseconds(50));
        Assert.Equal(6, server.Actions.Count(static a => a == "DescribeTable"));
        Assert.Single(server.Actions, static a => a == "CreateTable");
        Assert.InRange(time.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Another_worker_that_creates_it_first_is_no_failure()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var server = new ScriptedDynamoDb((action, number) => (action, number) switch
        {
            ("DescribeTable", 1) => ScriptedDynamoDb.Error("ResourceNotFoundException"),
            ("CreateTable", _) => ScriptedDynamoDb.Error("ResourceInUseException"),
            _ => ScriptedDynamoDb.Table("ACTIVE"),
        });
        using var store = server.Store(time: time);
        await Advance(time, store.InitializeAsync(Token).AsTask(), TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task The_wait_is_bounded()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        using var store = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Table("CREATING")).Store(
            new() { ApplicationName = "app", TableReadyTimeout = TimeSpan.FromSeconds(20) },
            time);
        var failure = await Assert.ThrowsAsync<DependencyException>(() => Advance(
            time,
            store.InitializeAsync(Token).AsTask(),
            TimeSpan.FromSeconds(1)));
        Assert.Contains("'app'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_creation_turned_off_a_missing_table_is_named_and_not_created()
    {
        var server = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Error("ResourceNotFoundException"));
        using var store = server.Store(new() { ApplicationName = "app", TableName = "leases-of-app", CreateTable = false });
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Token));
        Assert.Contains("'leases-of-app'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CreateTable", server.Actions);
    }

    [Theory]
    [InlineData("DescribeTable")]
    [InlineData("CreateTable")]
    public async Task A_denied_action_is_named_with_its_table(string denied)
    {
        var server = new ScriptedDynamoDb((action, _) => action == denied
            ? ScriptedDynamoDb.Error("AccessDeniedException", "User x is not authorized")
            : ScriptedDynamoDb.Error("ResourceNotFoundException"));
        using var store = server.Store();
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Token));
        Assert.Contains($"'dynamodb:{denied}' on table 'app' was denied", failure.Message, StringComparison.Ordinal);
        Assert.Contains("User x is not authorized", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", "S")]
    [InlineData("leaseKey", "N")]
    public async Task A_table_of_something_else_is_left_alone(string key, string type)
    {
        using var store = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Table("ACTIVE", key, type)).Store();
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Token));
        Assert.Contains("not a lease table", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_stays_unusable_is_not_waited_for()
    {
        using var store = new ScriptedDynamoDb((_, _) => ScriptedDynamoDb.Table("INACCESSIBLE_ENCRYPTION_CREDENTIALS")).Store();
        await Assert.ThrowsAsync<InvalidStateException>(async () => await store.InitializeAsync(Token));
    }

    [Fact]
    public async Task Point_in_time_recovery_waits_for_a_new_table_and_goes_without_where_the_server_has_none()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var server = new ScriptedDynamoDb((action, number) => (action, number) switch
        {
            ("DescribeTable", _) => ScriptedDynamoDb.Table("ACTIVE"),
            (_, 1) => ScriptedDynamoDb.Error("ContinuousBackupsUnavailableException"),
            _ => ScriptedDynamoDb.Ok("""{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED"}}"""),
        });
        using var store = server.Store(new() { ApplicationName = "app", PointInTimeRecovery = true }, time);
        await Advance(time, store.InitializeAsync(Token).AsTask(), TimeSpan.FromSeconds(1));
        Assert.Equal(["DescribeTable", "UpdateContinuousBackups", "UpdateContinuousBackups"], server.Actions);

        using var local = new ScriptedDynamoDb((action, _) => action == "DescribeTable"
            ? ScriptedDynamoDb.Table("ACTIVE")
            : ScriptedDynamoDb.Error("UnknownOperationException")).Store(new()
        {
            ApplicationName = "app",
            PointInTimeRecovery = true,
        });
        await local.InitializeAsync(Token);
    }

    /// <summary>Advances the clock until the task completes, for at most 20 seconds of real time.</summary>
    private static async Task Advance(FakeTimeProvider time, Task task, TimeSpan step)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!task.IsCompleted)
        {
            timeout.Token.ThrowIfCancellationRequested();
            time.Advance(step);
            await Task.WhenAny(task, Task.Run(static () => { }, Token));
        }

        await task;
    }
}
