using System.Text;
using Kcl.Daemon.Children.Relay;
using Kcl.Daemon.Status;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>
/// Replays the recorded conversations with our daemon and the recorded child. The daemon must write the same bytes as Java's daemon.
/// </summary>
public sealed class DaemonReplayTests
{
    public static MatrixTheoryData<string, bool> Conversations => new(Conversation.Names.Select(row => row.Data), [false, true]);

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Says_what_Java_said(string name, bool emptyLineBefore)
    {
        var lines = Conversation.Load(name).Lines;
        var launcher = new RecordedChild(lines, emptyLineBefore);
        var checkpointer = new RecordedCheckpointer(lines);
        await using (var processor = new ChildProcessor(
            new("shardId-000000000000"),
            new() { Command = new("recorded", []) },
            launcher,
            new ChildActivity(),
            NullLoggerFactory.Instance,
            TimeProvider.System))
        {
            foreach (var line in lines.Where(l => l is { ToChild: true, Text: not null } && l.Action != "checkpoint"))
            {
                await PerformAsync(processor, DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(line.Text!)), checkpointer);
            }
        }

        Assert.Equal(lines.Where(l => l.ToChild).Select(l => l.Written ?? "<end of input>"), launcher.Received);
    }

    private static ValueTask PerformAsync(
        ChildProcessor processor, DaemonMessage message, ICheckpointer checkpointer) => message.Action switch
    {
        "initialize" => processor.InitializeAsync(
            new(new(message.ShardId!), ExtendedSequenceNumber.Parse(message.SequenceNumber!, message.SubSequenceNumber!.Value)),
            CancellationToken.None),
        "processRecords" => processor.ProcessRecordsAsync(
            new(message.Records, message.MillisBehindLatest, checkpointer),
            CancellationToken.None),
        "shutdownRequested" => processor.ShutdownRequestedAsync(new(checkpointer), CancellationToken.None),
        "shardEnded" => processor.ShardEndedAsync(new(checkpointer), CancellationToken.None),
        _ => processor.LeaseLostAsync(new(), CancellationToken.None),
    };

    /// <summary>Refuses the checkpoints that Java refused, in the same order.</summary>
    private sealed class RecordedCheckpointer(IReadOnlyList<Conversation.Line> lines) : ICheckpointer
    {
        private readonly HashSet<string> _refused = [.. lines.Where(l => l is { ToChild: true, Text: { } text }
            && l.Action == "checkpoint"
            && text.Contains("IllegalArgument", StringComparison.Ordinal))
            .Select(l => DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(l.Text!)).SequenceNumber!)];

        private readonly HashSet<string> _accepted = [.. lines.Where(l => l is { ToChild: true, Text: { } text }
            && l.Action == "checkpoint"
            && text.Contains("\"error\":null", StringComparison.Ordinal))
            .Select(l => DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(l.Text!)).SequenceNumber ?? "")];

        public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask CheckpointAsync(
            SequenceNumber sequenceNumber,
            long subSequenceNumber = 0,
            CancellationToken cancellationToken = default) =>
            _refused.Contains(sequenceNumber.ToString()) && !_accepted.Contains(sequenceNumber.ToString())
                ? throw new InvalidCheckpointException("as Java said")
                : ValueTask.CompletedTask;

        public ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
            ExtendedSequenceNumber? position = null,
            ReadOnlyMemory<byte> applicationState = default,
            CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
