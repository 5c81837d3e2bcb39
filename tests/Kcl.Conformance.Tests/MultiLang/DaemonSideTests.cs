using System.Text;
using Kcl.MultiLang.Protocol;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>Tests that our daemon writes the same bytes as Java's daemon, except for line separators within strings.</summary>
public sealed class DaemonSideTests
{
    public static TheoryData<string> Conversations => Conversation.Names;

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Every_line_of_the_daemon_is_Java_s(string name)
    {
        var lines = Conversation.Load(name).Lines.Where(l => l is { ToChild: true, Text: not null }).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            using var output = new MemoryStream();
            await WriteAsync(new(output), DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(line.Text!)));
            Assert.Equal(line.Written + "\n", Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    /// <summary>
    /// The line of Java's daemon 3.1.3 for a record that a stream with the record distribution strategy AUTO returned without a key.
    /// </summary>
    [Fact]
    public async Task A_record_without_a_partition_key_is_written_as_Java_writes_it()
    {
        const string line = """{"action":"processRecords","records":[{"data":"bWVvdw==","partitionKey":null,"sequenceNumber":"456","approximateArrivalTimestamp":1476889707123,"subSequenceNumber":0,"action":"record"}],"millisBehindLatest":0}""";
        using var output = new MemoryStream();
        await WriteAsync(new(output), DaemonMessageParser.Parse(Encoding.UTF8.GetBytes(line)));
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public void Every_line_of_the_child_is_a_message_with_either_framing(string name)
    {
        string? call = null;
        foreach (var line in Conversation.Load(name).Lines.Where(l => l.Text is not null))
        {
            if (line.ToChild)
            {
                call = line.Action == "checkpoint" ? call : line.Action;
                continue;
            }

            var parsed = ChildMessageParser.Parse(Encoding.UTF8.GetBytes(line.Text!));
            Assert.Equal(line.Action == "status" ? ChildMessageKind.Status : ChildMessageKind.Checkpoint, parsed.Message.Kind);
            Assert.Equal(new(true), ChildMessageRules.Decide(parsed, LineBefore.Text, ChildFraming.Unknown, call));
            Assert.Equal(new(true), ChildMessageRules.Decide(parsed, LineBefore.Text, ChildFraming.LineOnly, call));
            Assert.Equal(new(true), ChildMessageRules.Decide(parsed, LineBefore.EmptyLine, ChildFraming.EmptyLineBefore, call));
        }
    }

    private static ValueTask WriteAsync(DaemonMessageWriter writer, DaemonMessage message) => message.Action switch
    {
        "initialize" => writer.WriteInitializeAsync(
            new(message.ShardId!),
            ExtendedSequenceNumber.Parse(message.SequenceNumber!, message.SubSequenceNumber!.Value),
            CancellationToken.None),
        "processRecords" => writer.WriteProcessRecordsAsync(message.Records, message.MillisBehindLatest, CancellationToken.None),
        "checkpoint" => writer.WriteCheckpointReplyAsync(
            message.SequenceNumber,
            message.SubSequenceNumber,
            message.Error,
            CancellationToken.None),
        var action => writer.WriteActionAsync(action!, CancellationToken.None),
    };
}
