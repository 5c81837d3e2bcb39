using System.Text;
using System.Text.Json;
using Kcl.MultiLang.Protocol;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>Tests the conversation of the C# child with a daemon, and with the recorded daemon of Java.</summary>
public sealed class ChildSideTests
{
    public static TheoryData<string> Conversations => Conversation.Names;

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Answers_the_recorded_daemon(string name)
    {
        var conversation = Conversation.Load(name);
        var errors = new List<Exception>();
        var asked = AskedPerCall(conversation);
        var processor = new ScriptedProcessor
        {
            OnCall = async (_, checkpointer, cancellationToken) =>
            {
                foreach (var message in asked.Dequeue())
                {
                    try
                    {
                        await (message.SequenceNumber is null
                            ? checkpointer!.CheckpointAsync(cancellationToken)
                            : checkpointer!.CheckpointAsync(
                                SequenceNumber.Parse(message.SequenceNumber),
                                message.SubSequenceNumber ?? 0,
                                cancellationToken));
                    }
                    catch (InvalidCheckpointException e)
                    {
                        errors.Add(e);
                    }
                }
            },
        };
        await using var child = new ChildHarness(processor);

        foreach (var line in Typed(conversation.Lines))
        {
            if (line.ToChild && line.Text is { } text)
            {
                await child.SendAsync(text);
            }
            else if (line.ToChild)
            {
                child.CloseInput();
                Assert.Equal(0, await child.Exit);
            }
            else
            {
                Assert.Equal(CanonicalLine.Of(line.Text!), CanonicalLine.Of((await child.ReceiveAsync())!));
            }
        }

        Assert.Equal(
            conversation.Lines.Count(l => l is { ToChild: true, Text: not null } && l.Action != "checkpoint"),
            processor.Calls.Count);
        Assert.Equal(
            Typed(conversation.Lines).Count(l => l is { ToChild: true, Text: { } t }
                && t.Contains("IllegalArgument", StringComparison.Ordinal)),
            errors.Count);
        Assert.True(processor.IsDisposed);
    }

    [Fact]
    public async Task Puts_what_it_got_into_records()
    {
        var processor = new ScriptedProcessor();
        await using var child = new ChildHarness(processor);
        await child.SendAsync(
            """{"subSequenceNumber":2,"shardId":"shardId-000000000000","new":{"x":[1]},"sequenceNumber":"100","action":"initialize"}""");
        await child.ReceiveAsync();
        await child.SendAsync(
            """{"records":[{"partitionKey":"cét","data":"bWVvdw==","sequenceNumber":"456","approximateArrivalTimestamp":1476889707123,"subSequenceNumber":5,"action":"record"}],"millisBehindLatest":5,"action":"processRecords"}""");
        Assert.Equal("""{"action":"status","responseFor":"processRecords"}""", await child.ReceiveAsync());

        Assert.Equal(new ExtendedSequenceNumber(SequenceNumber.Parse("100"), 2), processor.Initialization!.Position);
        var record = Assert.Single(processor.Records);
        Assert.Equal(("cét", "meow", 5L), (record.PartitionKey, Encoding.UTF8.GetString(record.Data.Span), record.SubSequenceNumber));
    }

    [Fact]
    public async Task Records_without_a_partition_key_reach_the_processor_without_one()
    {
        var processor = new ScriptedProcessor();
        await using var child = new ChildHarness(processor);
        await child.SendAsync(
            """{"action":"initialize","shardId":"shardId-000000000000","sequenceNumber":"TRIM_HORIZON","subSequenceNumber":0}""");
        await child.ReceiveAsync();
        await child.SendAsync(
            """{"action":"processRecords","records":[{"data":"bWVvdw==","partitionKey":null,"sequenceNumber":"456","approximateArrivalTimestamp":1476889707123,"subSequenceNumber":0,"action":"record"},{"data":"bWVvdw==","partitionKey":"","sequenceNumber":"457","approximateArrivalTimestamp":1476889707123,"subSequenceNumber":0,"action":"record"}],"millisBehindLatest":5}""");
        Assert.Equal("""{"action":"status","responseFor":"processRecords"}""", await child.ReceiveAsync());

        Assert.Equal([(false, null), (true, "")], processor.Records.Select(record => (record.HasPartitionKey, record.PartitionKey)));
        Assert.All(processor.Records, record => Assert.Equal("meow", Encoding.UTF8.GetString(record.Data.Span)));
    }

    [Theory]
    [InlineData("ZOMBIE", "leaseLost")]
    [InlineData("LEASE_LOST", "leaseLost")]
    [InlineData("TERMINATE", "shardEnded")]
    [InlineData("SHARD_END", "shardEnded")]
    [InlineData("REQUESTED", "shutdownRequested")]
    public async Task Understands_shutdown_of_old_daemons(string reason, string call)
    {
        var processor = new ScriptedProcessor { OnCall = (_, checkpointer, ct) => checkpointer?.CheckpointAsync(ct)
            ?? ValueTask.CompletedTask };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync($$"""{"action":"shutdown","reason":"{{reason}}"}""");
        if (call != "leaseLost")
        {
            Assert.Contains("checkpoint", await child.ReceiveAsync(), StringComparison.Ordinal);
            await child.SendAsync("""{"action":"checkpoint","checkpoint":null,"error":null}""");
        }

        Assert.Equal("""{"action":"status","responseFor":"shutdown"}""", await child.ReceiveAsync());
        Assert.Equal(call, processor.Calls[^1]);
    }

    [Theory]
    [InlineData("ShutdownException", typeof(LeaseLostException))]
    [InlineData("ThrottlingException", typeof(ThrottlingException))]
    [InlineData("InvalidStateException", typeof(InvalidStateException))]
    [InlineData("IllegalArgumentException", typeof(InvalidCheckpointException))]
    [InlineData("KinesisClientLibDependencyException", typeof(DependencyException))]
    [InlineData("NullPointerException", typeof(DependencyException))]
    public async Task A_refused_checkpoint_is_a_typed_exception(string error, Type type)
    {
        Exception? caught = null;
        var processor = new ScriptedProcessor { OnCall = async (call, c, ct) => caught = call == "processRecords"
            ? await Record.ExceptionAsync(async () => await c!.CheckpointAsync(ct))
            : null };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");
        await child.ReceiveAsync();
        await child.SendAsync($$"""{"error":"{{error}}","action":"checkpoint"}""");

        Assert.Equal("""{"action":"status","responseFor":"processRecords"}""", await child.ReceiveAsync());
        Assert.IsType(type, caught);
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("processRecords")]
    [InlineData("shardEnded")]
    public async Task A_failing_processor_ends_the_process_without_an_answer(string failing)
    {
        var processor = new ScriptedProcessor { OnCall = (call, _, _) => call == failing
            ? throw new InvalidDataException("poison")
            : ValueTask.CompletedTask };
        await using var child = failing == "initialize" ? new ChildHarness(processor) : await InitializedAsync(processor);
        await child.SendAsync(failing == "initialize" ? Initialize : $$"""{"action":"{{failing}}"}""");

        Assert.Null(await child.ReceiveAsync());
        Assert.Equal(1, await child.Exit);
        Assert.Contains("poison", child.Log, StringComparison.Ordinal);
        Assert.True(processor.IsDisposed);
    }

    [Theory]
    [InlineData("leaseLost")]
    [InlineData("shutdownRequested")]
    public async Task A_processor_failing_in_its_last_calls_is_logged_and_answered(string failing)
    {
        var processor = new ScriptedProcessor { OnCall = (call, _, _) => call == failing
            ? throw new InvalidDataException("poison")
            : ValueTask.CompletedTask };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync($$"""{"action":"{{failing}}"}""");

        Assert.Equal($$"""{"action":"status","responseFor":"{{failing}}"}""", await child.ReceiveAsync());
        Assert.Contains("poison", child.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_s_end_is_checkpointed_for_a_processor_that_does_not()
    {
        await using var child = await InitializedAsync(new ScriptedProcessor());
        await child.SendAsync("""{"action":"shardEnded"}""");

        Assert.Equal("""{"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null}""", await child.ReceiveAsync());
        await child.SendAsync("""{"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null,"error":null}""");
        Assert.Equal("""{"action":"status","responseFor":"shardEnded"}""", await child.ReceiveAsync());
    }

    [Theory]
    [InlineData("processRecords", false)]
    [InlineData("processRecords", true)]
    [InlineData("shardEnded", false)]
    [InlineData("shutdownRequested", false)]
    public async Task A_lost_lease_is_no_failure_of_the_processor(string action, bool wrapped)
    {
        var processor = new ScriptedProcessor
        {
            OnCall = async (call, c, ct) =>
            {
                try
                {
                    await (call == action ? c!.CheckpointAsync(ct) : ValueTask.CompletedTask);
                }
                catch (LeaseLostException e) when (wrapped)
                {
                    throw new AggregateException(new InvalidDataException("the batch failed", e));
                }
            },
        };
        await using var child = await InitializedAsync(processor);
        for (var i = 0; i < 3; i++)
        {
            await child.SendAsync($$"""{"action":"{{action}}","records":[],"millisBehindLatest":0}""");
            Assert.Contains("checkpoint", await child.ReceiveAsync(), StringComparison.Ordinal);
            await child.SendAsync("""{"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null,"error":"ShutdownException"}""");
            Assert.Equal($$"""{"action":"status","responseFor":"{{action}}"}""", await child.ReceiveAsync());
        }

        await child.SendAsync("""{"action":"leaseLost"}""");
        Assert.Equal("""{"action":"status","responseFor":"leaseLost"}""", await child.ReceiveAsync());
        child.CloseInput();

        Assert.Equal(0, await child.Exit);
        Assert.Equal("leaseLost", processor.Calls[^1]);
        Assert.Equal(3, child.Log.Split("The lease of this shard is lost").Length - 1);
        Assert.DoesNotContain("failed", child.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_that_only_the_processor_calls_lost_is_a_failure()
    {
        var processor = new ScriptedProcessor
        {
            OnCall = (call, _, _) => call == "processRecords" ? throw new LeaseLostException("it says") : ValueTask.CompletedTask,
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");

        Assert.Null(await child.ReceiveAsync());
        Assert.Equal(1, await child.Exit);
    }

    [Fact]
    public async Task Another_failure_after_a_lost_lease_is_a_failure()
    {
        var processor = new ScriptedProcessor
        {
            OnCall = async (call, c, ct) =>
            {
                if (call == "processRecords")
                {
                    await Record.ExceptionAsync(async () => await c!.CheckpointAsync(ct));
                    throw new InvalidDataException("poison");
                }
            },
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");
        await child.ReceiveAsync();
        await child.SendAsync("""{"action":"checkpoint","error":"ShutdownException"}""");

        Assert.Null(await child.ReceiveAsync());
        Assert.Equal(1, await child.Exit);
    }

    [Theory]
    [InlineData("processRecords", true)]
    [InlineData("processRecords", false)]
    [InlineData("shardEnded", true)]
    [InlineData("shutdownRequested", true)]
    [InlineData("leaseLost", false)]
    public async Task A_broken_pipe_is_the_end_of_input(string action, bool atCheckpoint)
    {
        var processor = new ScriptedProcessor
        {
            OnCall = (call, c, ct) => atCheckpoint && call == action ? c!.CheckpointAsync(ct) : ValueTask.CompletedTask,
        };
        await using var child = await InitializedAsync(processor);
        child.BreakOutput();
        await child.SendAsync($$"""{"action":"{{action}}","records":[],"millisBehindLatest":0}""");

        Assert.Equal(0, await child.Exit);
        Assert.Equal($"The daemon closed its pipe during {action}; this process exits.", child.Log.TrimEnd());
    }

    [Theory]
    [InlineData("""{"action":"processRecords","records":[{"data":"aGVs""")]
    [InlineData("""{"act""")]
    public async Task A_line_that_the_daemon_died_in_is_the_end_of_input(string half)
    {
        await using var child = await InitializedAsync(new ScriptedProcessor());
        await child.SendAsync(half, end: "");
        child.CloseInput();

        Assert.Equal(0, await child.Exit);
        Assert.Empty(child.Log);
    }

    [Fact]
    public async Task A_pipe_that_is_closed_instead_of_a_reply_is_the_end_of_input()
    {
        var processor = new ScriptedProcessor
        {
            OnCall = (call, c, _) => call == "processRecords" ? c!.CheckpointAsync(CancellationToken.None) : ValueTask.CompletedTask,
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");
        Assert.Contains("checkpoint", await child.ReceiveAsync(), StringComparison.Ordinal);
        child.CloseInput();

        Assert.Equal(0, await child.Exit);
        Assert.Equal("The daemon closed its pipe during processRecords; this process exits.", child.Log.TrimEnd());
    }

    [Fact]
    public async Task A_processor_that_cannot_parse_its_record_is_not_taken_for_a_daemon_that_cannot_be_understood()
    {
        var processor = new ScriptedProcessor
        {
            OnCall = (call, _, _) => call == "processRecords" ? throw new FormatException("no number") : ValueTask.CompletedTask,
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");

        Assert.Equal(1, await child.Exit);
        Assert.StartsWith("The processor failed in processRecords", child.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_dies_during_a_call_cancels_it()
    {
        var cancelled = new TaskCompletionSource();
        var processor = new ScriptedProcessor
        {
            OnCall = async (call, _, cancellationToken) =>
            {
                if (call == "processRecords")
                {
                    using var registration = cancellationToken.Register(cancelled.SetResult);
                    await cancelled.Task;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            },
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");
        child.CloseInput();

        Assert.Equal(0, await child.Exit);
        Assert.Null(await child.ReceiveAsync());
    }

    [Fact]
    public async Task Checkpoints_from_several_tasks_take_turns_and_none_after_the_call()
    {
        ICheckpointer? kept = null;
        var processor = new ScriptedProcessor
        {
            OnCall = async (call, c, ct) =>
            {
                if (call == "processRecords")
                {
                    kept = c;
                    await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => c!.CheckpointAsync(ct).AsTask()));
                }
            },
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[],"millisBehindLatest":0}""");
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("checkpoint", await child.ReceiveAsync(), StringComparison.Ordinal);
            await child.SendAsync("""{"action":"checkpoint","error":null}""");
        }

        Assert.Contains("status", await child.ReceiveAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept!.CheckpointAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_of_100_MB(bool reuse)
    {
        var records = Enumerable.Range(0, 80)
            .Select(i => new KinesisRecord(new byte[1 << 20], $"ключ-{i}", SequenceNumber.Parse($"{i}")))
            .ToArray();
        var line = new MemoryStream();
        await new DaemonMessageWriter(line).WriteProcessRecordsAsync(records, 0, TestContext.Current.CancellationToken);
        Assert.True(line.Length > 100_000_000);
        var processor = new ScriptedProcessor();
        await using var child = await InitializedAsync(processor, new() { ReuseRecordBuffers = reuse });
        for (var i = 0; i < 2; i++)
        {
            processor.Records.Clear();
            await child.SendAsync(Encoding.UTF8.GetString(line.ToArray()).TrimEnd());
            Assert.Contains("status", await child.ReceiveAsync(), StringComparison.Ordinal);
            Assert.Equal(
                records.Select(r => (r.PartitionKey, r.Data.Length)),
                processor.Records.Select(r => (r.PartitionKey, r.Data.Length)));
        }
    }

    [Theory]
    [InlineData("gibberish")]
    [InlineData("""{"action":"dance"}""")]
    [InlineData("""{"action":"processRecords","records":[]}""")]
    public async Task A_line_that_cannot_be_understood_ends_the_process(string line)
    {
        await using var child = new ChildHarness(new ScriptedProcessor());
        await child.SendAsync(line);

        Assert.Equal(2, await child.Exit);
        Assert.Contains("sent an unexpected line", child.Log, StringComparison.Ordinal);
    }

    private const string Initialize =
        """{"action":"initialize","shardId":"shardId-000000000000","sequenceNumber":"TRIM_HORIZON","subSequenceNumber":0}""";

    [Fact]
    public async Task Preparing_a_checkpoint_is_not_supported_in_a_child()
    {
        Exception? failure = null;
        var processor = new ScriptedProcessor
        {
            OnCall = async (call, checkpointer, cancellationToken) => failure = call == "processRecords"
                ? await Record.ExceptionAsync(async () => await checkpointer!.PrepareCheckpointAsync(cancellationToken: cancellationToken))
                : null,
        };
        await using var child = await InitializedAsync(processor);
        await child.SendAsync("""{"action":"processRecords","records":[]}""");
        Assert.Equal("""{"action":"status","responseFor":"processRecords"}""", await child.ReceiveAsync());
        Assert.IsType<NotSupportedException>(failure);
    }

    private static async Task<ChildHarness> InitializedAsync(ScriptedProcessor processor, KclProcessOptions? options = null)
    {
        var child = new ChildHarness(processor, options);
        await child.SendAsync(Initialize);
        Assert.Equal("""{"action":"status","responseFor":"initialize"}""", await child.ReceiveAsync());
        return child;
    }

    private static ChildMessage Parse(Conversation.Line line) => ChildMessageParser.Parse(Encoding.UTF8.GetBytes(line.Text!)).Message;

    /// <summary>Omits the requests that a C# child cannot send, since its positions are typed, and the replies to them.</summary>
    private static IEnumerable<Conversation.Line> Typed(IReadOnlyList<Conversation.Line> lines)
    {
        var skipAnswer = false;
        foreach (var line in lines)
        {
            var skip = skipAnswer;
            skipAnswer = false;
            if (!line.ToChild
                && Parse(line) is { Kind: ChildMessageKind.Checkpoint, SequenceNumber: { } number }
                && !SequenceNumber.TryParse(number, out _))
            {
                skipAnswer = true;
            }
            else if (!skip)
            {
                yield return line;
            }
        }
    }

    private static Queue<List<ChildMessage>> AskedPerCall(Conversation conversation)
    {
        var asked = new Queue<List<ChildMessage>>();
        var current = new List<ChildMessage>();
        foreach (var message in Typed(conversation.Lines).Where(l => !l.ToChild).Select(Parse))
        {
            if (message.Kind == ChildMessageKind.Status)
            {
                asked.Enqueue(current);
                current = [];
            }
            else
            {
                current.Add(message);
            }
        }

        return asked;
    }
}
