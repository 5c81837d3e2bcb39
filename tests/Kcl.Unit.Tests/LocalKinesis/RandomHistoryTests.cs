using Kcl.Tests.Shared;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class RandomHistoryTests
{
    [Fact]
    public async Task Acknowledged_writes_survive_every_crash_and_all_responses_of_the_server_agree()
    {
        var (crashes, compared) = (0, 0);
        foreach (var seed in TestRun.Seeds(TestRun.Count(50, 3000)))
        {
            await using var history = new RandomHistory(seed);
            try
            {
                await history.RunAsync(120);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{fault.Message}\n{TestRun.Repeat(seed)}\n{history.Log}", fault);
            }

            crashes += history.Crashes;
            compared += history.Compared;
        }

        Assert.True(crashes > 0 && compared > crashes, $"{crashes} crashes, {compared} records compared: too little happened.");
    }
}
