using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.LocalKinesis;

public sealed class KilledServerTests
{
    private const int LivesPerFolder = 5;

    /// <summary>Kills the server at five random moments; at 100 in the long suite.</summary>
    [Fact]
    public async Task Whenever_the_server_is_killed_it_opens_again_with_every_acknowledged_record()
    {
        foreach (var seed in TestRun.Seeds(TestRun.Count(1, 20)))
        {
            using var folder = new TemporaryFolder();
            var history = new KilledServerHistory(seed, folder.Path);
            try
            {
                for (var life = 0; life < LivesPerFolder; life++)
                {
                    await history.LiveAsync(TestContext.Current.CancellationToken);
                }

                await history.EndAsync(TestContext.Current.CancellationToken);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{fault.Message}\n{TestRun.Repeat(seed)}\n{history.Log}", fault);
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}: {history.Acknowledged} records in {LivesPerFolder} lives.");
            Assert.True(history.Acknowledged > 0, TestRun.Repeat(seed));
        }
    }
}
