using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kcl.Integration.Tests.Workers;
using Kcl.Kinesis;
using Kcl.LocalKinesis.RecordLog;
using Kcl.Tests.Shared;
using Microsoft.Data.Sqlite;
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
        // The state of a reshard depends on the clock, so the servers share a clock that does not advance.
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));
        string iterator;
        var before = new List<KinesisRecord>();
        IReadOnlyList<Shard> splitting;
        IReadOnlyList<Shard> split;
        await using (var server = await StartAsync(_folder, time))
        {
            await server.Client.CreateStreamAsync(Words, 1, Stop);
            for (var i = 0; i < 20; i++)
            {
                _ = await server.Client.PutRecordsAsync(
                    Words,
                    [.. Enumerable.Range(0, 50).Select(j => new PutRecordEntry(new byte[j * 10], $"k-{i}-{j}"))],
                    Stop);
            }

            iterator = await server.Client.GetShardIteratorAsync(Words, First, StartingPosition.TrimHorizon, Stop);
            await ReadAsync(server, iterator, before);
            await server.Client.SplitShardAsync(Words, First, 1000, Stop);
            splitting = await server.Client.ListAllShardsAsync(Words, null, Stop);
        }

        await using (var server = await StartAsync(_folder, time))
        {
            Assert.Equal(splitting, await server.Client.ListAllShardsAsync(Words, null, Stop));
            time.Advance(TimeSpan.FromSeconds(1));
            split = await server.Client.ListAllShardsAsync(Words, null, Stop);
            Assert.Equal(3, split.Count);
        }

        await using (var server = await StartAsync(_folder, time))
        {
            Assert.Equal(split, await server.Client.ListAllShardsAsync(Words, null, Stop));
            var after = new List<KinesisRecord>();
            await ReadAsync(server, iterator, after);
            Assert.Equal(before.Select(Text), after.Take(before.Count).Select(Text));
            var next = await server.Client.PutRecordAsync(Words, new(new byte[1], "later"), Stop);
            Assert.True(next.ShardId != First || next.SequenceNumber > before[^1].SequenceNumber);
            await server.Client.DeleteStreamAsync(Words, cancellationToken: Stop);
        }

        await using (var server = await StartAsync(_folder, time))
        {
            Assert.Empty((await server.Client.ListStreamsAsync(new(), Stop)).StreamNames);
        }
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_file_the_moment_it_was()
    {
        // A copy of the files has the same content as after a kill of the process.
        await using var server = await StartAsync(_folder);
        await server.Client.CreateStreamAsync(Words, 2, Stop);
        var put = await server.Client.PutAllRecordsAsync(
            Words,
            [.. Enumerable.Range(0, 1200).Select(i => new PutRecordEntry(new byte[100], $"k-{i}"))],
            cancellationToken: Stop);
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
            using var result = await survivor.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10_000 }, Stop);
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
                    acknowledged.AddRange(
                        (await client.PutRecordsAsync(
                            Words,
                            [.. Enumerable.Range(0, 100).Select(j => new PutRecordEntry(new byte[500], $"k-{i}-{j}"))],
                            Stop)).Select(entry => entry.SequenceNumber!.Value));
                    if (i == 20)
                    {
                        // The next put is in progress.
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
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10_000 }, Stop);
            found.UnionWith(result.Records.Select(record => record.SequenceNumber));
        }

        Assert.Empty(acknowledged.Except(found));
    }

    [Fact]
    public async Task Many_puts_share_commits_and_none_is_acknowledged_too_early()
    {
        await using var server = await StartAsync(_folder);
        await server.Client.CreateStreamAsync(Words, 4, Stop);
        var put = await Task.WhenAll(
            Enumerable.Range(0, 400).Select(i => server.Client.PutRecordAsync(Words, new(new byte[10], $"k-{i}"), Stop)));
        foreach (var shard in put.GroupBy(result => result.ShardId))
        {
            var iterator = await server.Client.GetShardIteratorAsync(Words, shard.Key, StartingPosition.TrimHorizon, Stop);
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10_000 }, Stop);
            Assert.Equal(shard.Select(entry => entry.SequenceNumber).Order(), result.Records.Select(record => record.SequenceNumber));
        }
    }

    [Fact]
    public async Task Expired_records_are_deleted_from_the_file_and_sequence_numbers_continue_after_a_restart()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        SequenceNumber old;
        await using (var server = await StartAsync(_folder, time))
        {
            await server.Client.CreateStreamAsync(Words, 1, Stop);
            old = (await server.Client.PutRecordsAsync(
                Words,
                [.. Enumerable.Range(0, 100).Select(_ => new PutRecordEntry(new byte[1000], "k"))],
                Stop))[^1].SequenceNumber!.Value;
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

    [Theory]
    [InlineData(1000)]
    [InlineData(-3_600_000)] // set back while the server was stopped
    public async Task A_file_of_an_earlier_version_opens_with_every_record_of_shards_that_a_reshard_created(long clock)
    {
        var assets = Path.Combine(AppContext.BaseDirectory, "assets", "local-kinesis");
        using var expected = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(assets, "resharded.json"), Stop));
        await using (var packed = new GZipStream(File.OpenRead(Path.Combine(assets, "resharded.db.gz")), CompressionMode.Decompress))
        await using (var file = File.Create(Path.Combine(_folder, "kinesis.db")))
        {
            await packed.CopyToAsync(file, Stop);
        }

        var stoppedAt = expected.RootElement.GetProperty("stoppedAt").GetInt64();
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(stoppedAt + clock));
        for (var life = 0; life < 2; life++)
        {
            await using var server = await StartAsync(_folder, time);
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            foreach (var stream in expected.RootElement.GetProperty("shards").EnumerateObject())
            {
                var listed = await kinesis.SucceedAsync("ListShards", $$"""{"StreamName":"{{stream.Name}}"}""", Stop);
                Assert.Equal(stream.Value.GetRawText(), listed.GetProperty("Shards").GetRawText());
                var acknowledged = expected.RootElement.GetProperty("acknowledged").EnumerateArray()
                    .Where(record => record.GetProperty("stream").GetString() == stream.Name)
                    .ToArray();
                foreach (var shard in ListedShard.Read(listed))
                {
                    var (records, ended, _) = await kinesis.ReadAsync(stream.Name, shard.Id, Stop);
                    Assert.Equal(!shard.IsOpen, ended);
                    Assert.Equal(
                        acknowledged.Where(record => record.GetProperty("shard").GetString() == shard.Id)
                            .Select(record => Line(record, "sequenceNumber", "key")),
                        records.Where(record => record.GetProperty("PartitionKey").GetString() != "later")
                            .Select(record => Line(record, "SequenceNumber", "PartitionKey")));
                }

                var put = await kinesis.SucceedAsync(
                    "PutRecord",
                    $$"""{"StreamName":"{{stream.Name}}","Data":"","PartitionKey":"later"}""",
                    Stop);
                var later = (await kinesis.ReadAsync(stream.Name, put.GetProperty("ShardId").GetString()!, Stop)).Records[^1];
                Assert.Equal(put.GetProperty("SequenceNumber").GetString(), later.GetProperty("SequenceNumber").GetString());
            }
        }

        static string Line(JsonElement record, string number, string key) =>
            $"{record.GetProperty(number).GetString()} {record.GetProperty(key).GetString()}";
    }

    [Fact]
    public async Task Completed_changes_stay_completed_when_the_machines_clock_is_set_back_between_two_runs()
    {
        const string consumer = """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words","ConsumerName":"app"}""";
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        string before;
        await using (var server = await StartAsync(_folder, time))
        {
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            _ = await kinesis.SucceedAsync("CreateStream", """{"StreamName":"words","ShardCount":1}""", Stop);
            _ = await kinesis.SucceedAsync(
                "SplitShard",
                """{"StreamName":"words","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1000"}""",
                Stop);
            time.Advance(TimeSpan.FromSeconds(1));
            before = (await kinesis.SucceedAsync("ListShards", """{"StreamName":"words"}""", Stop)).GetRawText();
            time.Advance(TimeSpan.FromHours(2));
            _ = await kinesis.SucceedAsync("RegisterStreamConsumer", consumer, Stop);
        }

        await using (var server = await StartAsync(_folder, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_699_990_000))))
        {
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            Assert.Equal(before, (await kinesis.SucceedAsync("ListShards", """{"StreamName":"words"}""", Stop)).GetRawText());
            var described = (await kinesis.SucceedAsync("DescribeStreamConsumer", consumer, Stop)).GetProperty("ConsumerDescription");
            Assert.Equal("ACTIVE", described.GetProperty("ConsumerStatus").GetString());
        }
    }

    [Fact]
    public async Task A_change_and_a_record_whose_commit_failed_are_written_by_the_next_commit()
    {
        await PutAsync(1);

        // No record can be written until there is a stream named 'gate'; neither can other changes in the same transaction.
        _ = Sql(
            Path.Combine(_folder, "kinesis.db"),
            "CREATE TRIGGER no_records BEFORE INSERT ON records"
            + " WHEN NOT EXISTS (SELECT 1 FROM streams WHERE CAST(model AS TEXT) LIKE '%\"gate\"%')"
            + " BEGIN SELECT RAISE(ABORT, 'the gate is closed'); END",
            "SELECT 1");
        await using (var server = await StartAsync(_folder))
        {
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            Assert.Equal(
                "InternalFailureException",
                (await kinesis.CallAsync("PutRecord", """{"StreamName":"words","PartitionKey":"second","Data":""}""", Stop)).Error);
            Assert.Equal(
                "InternalFailureException",
                (await kinesis.CallAsync("AddTagsToStream", """{"StreamName":"words","Tags":{"a":"b"}}""", Stop)).Error);
            Assert.Single((await kinesis.ReadAsync("words", First.Value, Stop)).Records);
            _ = await kinesis.SucceedAsync("CreateStream", """{"StreamName":"gate","ShardCount":1}""", Stop);
            Assert.Equal(2, (await kinesis.ReadAsync("words", First.Value, Stop)).Records.Count);
        }

        await using (var server = await StartAsync(_folder))
        {
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            Assert.Equal(
                ["k", "second"],
                (await kinesis.ReadAsync("words", First.Value, Stop)).Records
                    .Select(record => record.GetProperty("PartitionKey").GetString()));
            Assert.Equal(
                1,
                (await kinesis.SucceedAsync("ListTagsForStream", """{"StreamName":"words"}""", Stop)).GetProperty("Tags").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_file_that_is_damaged_is_kept_and_the_message_says_what_can_be_done()
    {
        var path = Path.Combine(_folder, "kinesis.db");
        var content = new string('x', 100_000);
        await File.WriteAllTextAsync(path, content, Stop);
        AssertNamesTheOptions(path, (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message);
        Assert.Equal(content, await File.ReadAllTextAsync(path, Stop));
    }

    [Fact]
    public async Task A_file_that_is_damaged_in_the_middle_is_not_served()
    {
        await PutAsync(200);
        var path = Path.Combine(_folder, "kinesis.db");
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        bytes.AsSpan(bytes.Length / 2).Fill(0xEE);
        await File.WriteAllBytesAsync(path, bytes, Stop);
        AssertNamesTheOptions(path, (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message);
    }

    [Theory]
    [InlineData(
        "UPDATE records SET bytes = x'00' WHERE first_index = 1",
        "the records of shardId-000000000000 of stream words from number 1 on are not whole: number 1 is damaged")]
    [InlineData(
        "UPDATE records SET first_index = 7 WHERE first_index = 3",
        "of shardId-000000000000 of stream words from number 4 on do not follow the one before them, which is number 2")]
    [InlineData("UPDATE records SET shard = 4", "there are records of shard number 4 of stream words, which has 1 shards")]
    [InlineData("UPDATE streams SET model = x'7B7D'", "the description of a stream cannot be read")]
    [InlineData("DELETE FROM settings WHERE name = 'signing-key'", "the signing key is missing")]
    public async Task The_message_contains_the_damage_and_nothing_is_removed(string damage, string said)
    {
        await PutAsync(4);
        var path = Path.Combine(_folder, "kinesis.db");
        var count = Sql(path, damage, "SELECT count(*) FROM records");
        var message = (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message;
        AssertNamesTheOptions(path, message);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Equal(count, Sql(path, "SELECT 1", "SELECT count(*) FROM records"));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99", "has format 99; this version of the server reads formats 1 to 2")]
    [InlineData("PRAGMA application_id = 7", "belongs to another program")]
    public async Task A_file_of_another_program_is_left_as_it_is(string change, string said)
    {
        await PutAsync(1);
        var path = Path.Combine(_folder, "kinesis.db");
        _ = Sql(path, change, "SELECT 1");
        var before = await File.ReadAllBytesAsync(path, Stop);
        Assert.Contains(
            said,
            (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Stop));
    }

    [Fact]
    public async Task The_format_changes_only_when_a_stream_may_have_records_without_keys()
    {
        var path = Path.Combine(_folder, "kinesis.db");
        await PutAsync(1);
        Assert.Equal(1, Sql(path, "SELECT 1", "PRAGMA user_version"));
        await using (var server = await StartAsync(_folder))
        {
            _ = await server.CallAsync(
                "CreateStream",
                """{"StreamName":"spread","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"AUTO"}""");
        }

        Assert.Equal(2, Sql(path, "SELECT 1", "PRAGMA user_version"));
        await using var again = await StartAsync(_folder);
        Assert.Equal(2, (await again.Client.ListStreamsAsync(new(), Stop)).StreamNames.Count);
    }

    [Fact]
    public async Task A_second_server_on_the_folder_fails_with_a_remedy()
    {
        await using var server = await StartAsync(_folder);
        Assert.Contains(
            "is in use by another server",
            (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(_folder))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_reported()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Stop);
        Assert.Contains(file, (await Assert.ThrowsAsync<InvalidStateException>(() => StartAsync(file))).Message, StringComparison.Ordinal);
    }

    private static void AssertNamesTheOptions(string path, string message)
    {
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.All(
            (string[])["Keep the file", "restore an earlier copy", "another data directory", ".recover"],
            option => Assert.Contains(option, message, StringComparison.Ordinal));
        Assert.DoesNotContain("delete", message, StringComparison.OrdinalIgnoreCase);
    }

    private static long Sql(string path, string change, string question)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text comes from this file.
        command.CommandText = change;
        _ = command.ExecuteNonQuery();
        command.CommandText = question;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    // One commit per record.
    private async Task PutAsync(int records)
    {
        await using var server = await StartAsync(_folder);
        await server.Client.CreateStreamAsync(Words, 1, Stop);
        for (var i = 0; i < records; i++)
        {
            _ = await server.Client.PutRecordAsync(Words, new(new byte[1000], "k"), Stop);
        }
    }

    private static Uri EndpointOf(ExternalProcess process) => new(Regex.Match(process.Output, @"http://\S+?(?=,)").Value);

    private async Task<ExternalProcess> StartProcessAsync()
    {
        var process = KclProgramFiles.Start(["local", "--port", "0", "--stream", "words", "--shards", "2", "--data", _folder]);
        await process.WaitForTextAsync("Kinesis listens at", TimeSpan.FromSeconds(60), Stop);
        return process;
    }

    private static string Text(KinesisRecord record) =>
        $"{record.SequenceNumber} {record.PartitionKey} {record.Data.Length} {record.ApproximateArrivalTimestamp:O}";

    private static async Task ReadAsync(LocalServer server, string iterator, List<KinesisRecord> into) =>
        into.AddRange((await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10_000 }, Stop)).Records);

    private static Task<LocalServer> StartAsync(string folder, TimeProvider? time = null) => LocalServer.StartAsync(options =>
    {
        options.DataDirectory = folder;
        options.TimeProvider = time ?? TimeProvider.System;
    });
}
