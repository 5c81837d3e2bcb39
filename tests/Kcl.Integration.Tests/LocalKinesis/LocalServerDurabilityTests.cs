using System.Text.RegularExpressions;
using Kcl.Integration.Tests.Workers;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Records;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

public sealed class LocalServerDurabilityTests : IDisposable
{
    private static readonly StreamName Words = new("words");
    private static readonly ShardId First = new("shardId-000000000000");
    private readonly string _folder = Directory.CreateTempSubdirectory("kcl-local-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_restart_changes_nothing_a_client_can_see()
    {
        string iterator;
        var before = new List<KinesisRecord>();
        IReadOnlyList<Shard> shards;
        await using (var server = await StartAsync(_folder))
        {
            await server.Client.CreateStreamAsync(Words, 1, Stop);
            for (var i = 0; i < 20; i++)
            {
                _ = await server.Client.PutRecordsAsync(Words, [.. Enumerable.Range(0, 50).Select(j => new PutRecordEntry(new byte[j * 10], $"k-{i}-{j}"))], Stop);
            }

            iterator = await server.Client.GetShardIteratorAsync(Words, First, StartingPosition.TrimHorizon, Stop);
            await ReadAsync(server, iterator, before);
            await server.Client.SplitShardAsync(Words, First, 1000, Stop);
            shards = await server.Client.ListAllShardsAsync(Words, null, Stop);
        }

        await using (var server = await StartAsync(_folder))
        {
            Assert.Equal(shards, await server.Client.ListAllShardsAsync(Words, null, Stop));
            var after = new List<KinesisRecord>();
            await ReadAsync(server, iterator, after);
            Assert.Equal(before.Select(Text), after.Take(before.Count).Select(Text));
            var next = await server.Client.PutRecordAsync(Words, new(new byte[1], "later"), Stop);
            Assert.True(next.ShardId != First || next.SequenceNumber > before[^1].SequenceNumber);
            await server.Client.DeleteStreamAsync(Words, false, Stop);
        }

        await using (var server = await StartAsync(_folder))
        {
            Assert.Empty((await server.Client.ListStreamsAsync(null, null, Stop)).StreamNames);
        }
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_file_the_moment_it_was()
    {
        // What a copy of the files holds is what a killed process would have left.
        await using var server = await StartAsync(_folder);
        await server.Client.CreateStreamAsync(Words, 2, Stop);
        var put = await server.Client.PutAllRecordsAsync(Words, [.. Enumerable.Range(0, 1200).Select(i => new PutRecordEntry(new byte[100], $"k-{i}"))], cancellationToken: Stop);
        var copy = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (var file in Directory.GetFiles(_folder, "kinesis.db*"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await using var survivor = await StartAsync(copy);
        var found = new HashSet<SequenceNumber>();
        foreach (var shard in await survivor.Client.ListAllShardsAsync(Words, null, Stop))
        {
            var iterator = await survivor.Client.GetShardIteratorAsync(Words, shard.ShardId, StartingPosition.TrimHorizon, Stop);
            using var result = await survivor.Client.GetRecordsAsync(new(Words, iterator, 10_000), Stop);
            found.UnionWith(result.Records.Select(record => record.SequenceNumber));
        }

        Assert.Equal(put.Select(entry => entry.SequenceNumber!.Value).Order(), found.Order());
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_killed_process()
    {
        var acknowledged = new List<SequenceNumber>();
        await using (var process = await StartProcessAsync())
        {
            var client = new KinesisClient(KinesisClientOptions.ForLocalServer(EndpointOf(process)));
            var killed = false;
            try
            {
                for (var i = 0; ; i++)
                {
                    acknowledged.AddRange((await client.PutRecordsAsync(Words, [.. Enumerable.Range(0, 100).Select(j => new PutRecordEntry(new byte[500], $"k-{i}-{j}"))], Stop)).Select(entry => entry.SequenceNumber!.Value));
                    if (i == 20)
                    {
                        // While the next put is under way.
                        killed = true;
                        _ = Task.Run(process.Kill, Stop);
                    }
                }
            }
            catch (KinesisException fault) when (killed)
            {
                Assert.Equal(KinesisErrorCode.Unreachable, fault.Code);
            }

            client.Dispose();
            _ = await process.WaitForExitAsync(TimeSpan.FromSeconds(30), Stop);
        }

        Assert.True(acknowledged.Count >= 2000);
        await using var server = await StartAsync(_folder);
        var found = new HashSet<SequenceNumber>();
        foreach (var shard in await server.Client.ListAllShardsAsync(Words, null, Stop))
        {
            var iterator = await server.Client.GetShardIteratorAsync(Words, shard.ShardId, StartingPosition.TrimHorizon, Stop);
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator, 10_000), Stop);
            found.UnionWith(result.Records.Select(record => record.SequenceNumber));
        }

        Assert.Empty(acknowledged.Except(found));
    }

    [Fact]
    public async Task Many_putters_share_commits_and_none_is_told_too_early()
    {
        await using var server = await StartAsync(_folder);
        await server.Client.CreateStreamAsync(Words, 4, Stop);
        var put = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => server.Client.PutRecordAsync(Words, new(new byte[10], $"k-{i}"), Stop)));
        foreach (var shard in put.GroupBy(result => result.ShardId))
        {
            var iterator = await server.Client.GetShardIteratorAsync(Words, shard.Key, StartingPosition.TrimHorizon, Stop);
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator, 10_000), Stop);
            Assert.Equal(shard.Select(entry => entry.SequenceNumber).Order(), result.Records.Select(record => record.SequenceNumber));
        }
    }

    [Fact]
    public async Task Expired_records_leave_the_file_and_numbers_go_on_after_a_restart()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        SequenceNumber old;
        await using (var server = await StartAsync(_folder, time))
        {
            await server.Client.CreateStreamAsync(Words, 1, Stop);
            old = (await server.Client.PutRecordsAsync(Words, [.. Enumerable.Range(0, 100).Select(_ => new PutRecordEntry(new byte[1000], "k"))], Stop))[^1].SequenceNumber!.Value;
            time.Advance(TimeSpan.FromHours(25));
            var read = new List<KinesisRecord>();
            await ReadAsync(server, await server.Client.GetShardIteratorAsync(Words, First, StartingPosition.TrimHorizon, Stop), read);
            Assert.Empty(read);
        }

        await using (var server = await StartAsync(_folder, time))
        {
            var next = await server.Client.PutRecordAsync(Words, new(new byte[1], "k"), Stop);
            Assert.True(SequenceParts.TryParse(next.SequenceNumber.ToString(), out var parts));
            Assert.Equal(101UL, parts.Index);
            Assert.True(next.SequenceNumber > old);
            var read = new List<KinesisRecord>();
            await ReadAsync(server, await server.Client.GetShardIteratorAsync(Words, First, StartingPosition.At(old), Stop), read);
            Assert.Equal(next.SequenceNumber, Assert.Single(read).SequenceNumber);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_remedy()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "kinesis.db"), new string('x', 100_000), Stop);
        var fault = await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder));
        Assert.Contains(Path.Combine(_folder, "kinesis.db"), fault.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged or not one of its own", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_damaged_in_the_middle_is_not_served()
    {
        await using (var server = await StartAsync(_folder))
        {
            await server.Client.CreateStreamAsync(Words, 1, Stop);
            _ = await server.Client.PutRecordsAsync(Words, [.. Enumerable.Range(0, 200).Select(i => new PutRecordEntry(new byte[1000], "k"))], Stop);
        }

        var path = Path.Combine(_folder, "kinesis.db");
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        bytes.AsSpan(bytes.Length / 2).Fill(0xEE);
        await File.WriteAllBytesAsync(path, bytes, Stop);
        Assert.Contains("is damaged", (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_folder_is_told_what_to_do()
    {
        await using var server = await StartAsync(_folder);
        Assert.Contains("is in use by another server", (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_told()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Stop);
        Assert.Contains(file, (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(file))).Message, StringComparison.Ordinal);
    }

    private static Uri EndpointOf(ExternalProcess process) => new(Regex.Match(process.Output, @"http://\S+?(?=,)").Value);

    private async Task<ExternalProcess> StartProcessAsync()
    {
        var process = KclProgramFiles.Start(["local", "--port", "0", "--stream", "words", "--shards", "2", "--data", _folder]);
        await process.WaitForTextAsync("Kinesis listens at", TimeSpan.FromSeconds(60), Stop);
        return process;
    }

    private static string Text(KinesisRecord record) => $"{record.SequenceNumber} {record.PartitionKey} {record.Data.Length} {record.ApproximateArrivalTimestamp:O}";

    private static async Task ReadAsync(LocalServer server, string iterator, List<KinesisRecord> into) =>
        into.AddRange((await server.Client.GetRecordsAsync(new(Words, iterator, 10_000), Stop)).Records);

    private static Task<LocalServer> StartAsync(string folder, TimeProvider? time = null) => LocalServer.StartAsync(options =>
    {
        options.DataDirectory = folder;
        options.TimeProvider = time ?? TimeProvider.System;
    });
}
