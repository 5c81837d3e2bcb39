using System.Text;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

/// <summary>Tests which lines of a child are messages, for each way in which the client libraries write messages.</summary>
public sealed class ChildMessageRulesTests
{
    private const string Kclpy = "\n{\"action\": \"status\", \"responseFor\": \"ACTION\"}\n";
    private const string AwsKcl = "\n{\"action\":\"status\",\"responseFor\":\"ACTION\"}\n";
    private const string DotNet = "{\"action\":\"status\",\"responseFor\":\"ACTION\"}\n";
    private const string Loop = "{\"responseFor\": \"ACTION\", \"action\": \"status\"}\r\n";

    private const string Everything = "{\"action\":\"checkpoint\",\"sequenceNumber\":null,\"subSequenceNumber\":null}";
    private const string Event = "{\"action\":\"checkpoint\",\"player\":\"bob\",\"level\":3}";
    private const string Answer = "{\"action\":\"status\",\"responseFor\":\"processRecords\"}";

    private static readonly Gen<string> Blanks = OneOf("", "", " ", "  ", "\t");
    private static readonly Gen<string> KeyNames =
        OneOf("sequenceNumber", "subSequenceNumber", "responseFor", "checkpoint", "error", "player");

    private static readonly Gen<string> Values =
        OneOf("null", "\"49\"", "49", "\"processRecords\"", "\"leaseLost\"", "true", "{}", "[{\"action\":\"checkpoint\"}]");

    /// <summary>Messages, and texts that resemble messages.</summary>
    private static readonly Gen<string> Messages = Gen.Select(
        OneOf("status", "checkpoint", "record", "dance"),
        Gen.Select(KeyNames, Values, (key, value) => (Key: key, Value: value)).Array[0, 3],
        Blanks,
        (action, keys, blank) =>
        {
            var more = string.Concat(keys.Select(k => $",{blank}\"{k.Key}\":{blank}{k.Value}"));
            return $"{{{blank}\"action\":{blank}\"{action}\"{more}{blank}}}";
        });

    /// <summary>The data of a record: one or several lines of text, none of them empty.</summary>
    private static readonly Gen<string> Data = Gen.OneOf(Messages, Messages, Gen.Char["a{}\":, \\"].Array[1, 20].Select(c => new string(c)))
        .Array[1, 3].Select(lines => string.Join('\n', lines));

    /// <summary>The data of a record, printed in one of several ways.</summary>
    private static readonly Gen<string> Printed = Gen.Select(
        Data,
        OneOf("DATA\n", "DATA\n", "processing DATA\n", "DATA done\n", "{\"event\": DATA}\n", "[DATA]\n", "\"DATA\"\n", "\tDATA\n", "DATA"),
        (data, format) => format.Replace("DATA", data, StringComparison.Ordinal));

    private static readonly Gen<string[]> Prints = Printed.Array[1, 6];

    private static readonly Gen<string[]> PrintedWithMore =
        Gen.Select(Messages, OneOf("processing DATA", "DATA done", "> DATA <", "[DATA]", "{\"event\": DATA}", "'DATA'"), (data, format) =>
            format.Replace("DATA", data, StringComparison.Ordinal)).Array[1, 6];

    [Theory]
    [InlineData(Kclpy)]
    [InlineData(AwsKcl)]
    [InlineData(DotNet)]
    [InlineData(Loop)]
    public void A_printed_record_is_no_message(string library)
    {
        string[] printed =
        [
            "nothing special\n",
            $"processing {Everything}\n",
            $"processing {Event}\n",
            $"{Event}\n",
            $"processing {Answer}\n",
            "{\"level\":\"info\",\"event\":{\"action\":\"checkpoint\"}}\n",
            "\"{\\\"action\\\":\\\"checkpoint\\\"}\"\n",
            $"{Answer} processed\n",
            $"{Everything}{Everything}\n",
            "{\"action\":\"status\",\"responseFor\":\"processRecords\",\"extra\":1}\n",
            "{\"action\":\"checkpoint\",\"checkpoint\":{\"level\":3}}\n",
            "{\"action\":\"checkpoint\",\"sequenceNumber\":null,\"player\":\"bob\"}\n",
            "{\"action\":\"status\",\"action\":\"checkpoint\"}\n",
        ];
        Assert.All(printed, p => Assert.Equal([$"status processRecords"], Accepted(library, p)));
    }

    [Theory]
    [InlineData(Kclpy)]
    [InlineData(AwsKcl)]
    public void Behind_no_empty_line_nothing_is_a_message_of_a_library_that_writes_one(string library)
    {
        string[] printed = [$"{Everything}\n", $"{Answer}\n", $"{Everything}\n{Answer}\n", $"text\r{Answer}\r\n", $"\n {Answer}\n"];
        Assert.All(printed, p => Assert.Equal(["status processRecords"], Accepted(library, p)));
    }

    [Theory]
    [InlineData(Kclpy)]
    [InlineData(AwsKcl)]
    public void No_printed_record_is_a_message_of_such_a_library(string library) => Prints.Sample(printed =>
    {
        var accepted = Accepted(library, string.Concat(printed));
        // Text without a line end hides the real answer. That causes a warning and a wait, but loses no record.
        Assert.True(accepted is [] or ["status processRecords"], string.Join(", ", accepted));
        Assert.Equal(printed[^1].EndsWith('\n'), accepted.Count == 1);
    });

    [Theory]
    [InlineData(DotNet)]
    [InlineData(Loop)]
    public void A_record_that_is_printed_with_anything_else_on_its_line_is_no_message_of_any_library(string library) =>
        PrintedWithMore.Sample(printed => Assert.Equal(["status processRecords"], Accepted(library, string.Join('\n', printed) + "\n")));

    /// <summary>Tests the cases that the documentation names. They are equal, byte for byte, to messages of the libraries.</summary>
    [Theory]
    [InlineData(DotNet, "{\"action\":\"checkpoint\"}\n", "checkpoint ")]
    [InlineData(DotNet, Answer + "\n", "status processRecords")]
    [InlineData(Kclpy, "\n" + Answer + "\n", "status processRecords")]
    [InlineData(Kclpy, "an empty record:\n\n" + Everything + "\n", "checkpoint ")]
    public void What_remains_possible_is_a_whole_message_as_the_library_would_write_it(string library, string printed, string accepted) =>
        Assert.Equal([accepted, "status processRecords"], Accepted(library, printed));

    [Theory]
    [InlineData("{\"action\":\"checkpoint\"}", "checkpoint ")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"49\"}", "checkpoint 49")]
    [InlineData("{\"action\":\"checkpoint\",\"error\":null,\"sequenceNumber\":null}", "checkpoint ")]
    [InlineData("{\"action\":\"checkpoint\",\"error\":null,\"sequenceNumber\":\"49\"}", "checkpoint 49")]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":\"49\"}", "checkpoint 49")]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":null}", "checkpoint ")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"49\",\"shard\":{\"id\":1}}", "checkpoint 49")]
    [InlineData("  {\"action\":\"checkpoint\"}  ", "checkpoint ")]
    public void A_checkpoint_is_accepted_in_every_form_that_a_library_sends(string line, string accepted) =>
        Assert.Equal([accepted, "status processRecords"], Accepted(DotNet, line + "\n"));

    [Theory]
    [InlineData("Starting… ")]
    [InlineData("\ufeff")]
    [InlineData("\u001b[0m")]
    [InlineData("progress {50%} ")]
    public void Before_any_record_an_answer_is_found_behind_other_text(string text)
    {
        var line = Parse(text + "{\"action\":\"status\",\"responseFor\":\"initialize\"}");

        Assert.Equal(new(true, MessageDoubt.OtherText), Decide(line, ChildFraming.Unknown));
        Assert.Equal(new(false, MessageDoubt.OtherText), Decide(line, ChildFraming.LineOnly));
        Assert.Equal(new(false, MessageDoubt.OtherText), Decide(Parse(text + Everything), ChildFraming.Unknown));

        static ChildLineDecision Decide(ChildLine line, ChildFraming framing) =>
            ChildMessageRules.Decide(line, LineBefore.Text, framing, "initialize");
    }

    [Theory]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"}", true, "EmptyLineBefore")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"}", false, "LineOnly")]
    [InlineData("hello {\"action\":\"status\",\"responseFor\":\"initialize\"}", true, "LineOnly")]
    [InlineData("{\"action\":\"checkpoint\"}", true, "Unknown")]
    public void The_answer_to_initialize_shows_how_a_library_writes(string line, bool afterEmptyLine, string framing)
    {
        var before = afterEmptyLine ? LineBefore.EmptyLine : LineBefore.Text;

        Assert.Equal(framing, ChildMessageRules.DetectFraming(Parse(line), before, ChildFraming.Unknown).ToString());
    }

    [Theory]
    [InlineData("{\"action\":\"checkpoint\",\"player\":\"bob\"}", "LineOnly", "UnknownKeys")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"sequenceNumber\":\"2\"}", "LineOnly", "RepeatedKeys")]
    [InlineData("x {\"action\":\"checkpoint\"}", "LineOnly", "OtherText")]
    [InlineData("x {\"action\":\"checkpoint\"}", "EmptyLineBefore", "OtherText")]
    [InlineData("{\"action\":\"checkpoint\"}", "EmptyLineBefore", "NoEmptyLine")]
    [InlineData("plain text", "EmptyLineBefore", "None")]
    [InlineData("{\"action\":\"processRecords\"}", "EmptyLineBefore", "None")]
    public void A_refusal_says_why(string line, string framing, string doubt) =>
        Assert.Equal((false, doubt), Decide(line, Enum.Parse<ChildFraming>(framing)));

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static (bool IsMessage, string Doubt) Decide(string line, ChildFraming framing)
    {
        var verdict = ChildMessageRules.Decide(Parse(line), LineBefore.Text, framing, "processRecords");
        return (verdict.IsMessage, verdict.Doubt.ToString());
    }

    private static ChildLine Parse(string line) => ChildMessageParser.Parse(Encoding.UTF8.GetBytes(line));

    /// <summary>Returns the messages of a child that prints a text during processRecords and then answers.</summary>
    private static List<string> Accepted(string library, string printed)
    {
        var splitter = new LineSplitter(64 * 1024);
        var framing = ChildFraming.Unknown;
        Assert.Equal(["status initialize"], Read(Message("initialize"), "initialize"));
        return Read(printed + Message("processRecords"), "processRecords");

        string Message(string action) => library.Replace("ACTION", action, StringComparison.Ordinal);

        List<string> Read(string text, string call)
        {
            var accepted = new List<string>();
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                splitter.GetRoom().Span[0] = b;
                splitter.Add(1);
                while (splitter.TryTake(out var line))
                {
                    var parsed = ChildMessageParser.Parse(line.Text.Span);
                    if (ChildMessageRules.Decide(parsed, line.Follows, framing, call).IsMessage)
                    {
                        framing = ChildMessageRules.DetectFraming(parsed, line.Follows, framing);
                        var message = parsed.Message;
                        accepted.Add(
                            message.Kind == ChildMessageKind.Status ? $"status {message.Name}" : $"checkpoint {message.SequenceNumber}");
                    }
                }
            }

            return accepted;
        }
    }
}
