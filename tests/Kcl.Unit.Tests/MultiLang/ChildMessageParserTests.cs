using System.Text;
using CsCheck;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.MultiLang;

public sealed class ChildMessageParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   \t ")]
    [InlineData("null")]
    public void An_empty_line_is_nothing(string line) => Assert.Equal(ChildMessageKind.Nothing, Parse(line).Kind);

    [Theory]
    [InlineData("plain text")]
    [InlineData("[1,2]")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"")]
    [InlineData("{'action':'status'}")]
    [InlineData("{\"action\":\"status\",}")]
    [InlineData("{\"action\":\"status\"/*x*/}")]
    [InlineData("{\"action\":null}")]
    [InlineData("{\"action\":\"Status\",\"responseFor\":\"initialize\"}")]
    [InlineData("{\"action\":\"unheard of\"}")]
    [InlineData("{\"action\":\"checkpoint\",\"subSequenceNumber\":\"abc\"}")]
    [InlineData("{\"action\":\"checkpoint\",\"subSequenceNumber\":99999999999999999999999}")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":{}}")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":NaN}")]
    public void Other_lines_are_noise(string line) => Assert.Equal(ChildMessageKind.Noise, Parse(line).Kind);

    [Theory]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"}")]
    [InlineData("{\"action\": \"status\", \"responseFor\": \"initialize\"}")]
    [InlineData("  {\"responseFor\":\"x\",\"action\":\"status\",\"responseFor\":\"initialize\"}  ")]
    [InlineData("\ufeff{\"action\":\"status\",\"responseFor\":\"initialize\"}")]
    [InlineData("\u001b[0m{\"action\":\"status\",\"responseFor\":\"initialize\"}")]
    [InlineData("progress {50%} {\"action\":\"status\",\"responseFor\":\"initialize\"} and so on")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"}{\"action\":\"checkpoint\"}")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\",\"extra\":{\"a\":[1,{}]}}")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\",\"checkpoint\":{\"a\":[1,{}]}}")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\",\"checkpoint\":\"456\"}")]
    [InlineData("{\"log\":\"x\"} {\"action\":\"status\",\"responseFor\":\"initialize\"}")]
    public void A_status_is_read(string line) => Assert.Equal(new(ChildMessageKind.Status, "initialize"), Parse(line));

    [Theory]
    [InlineData("{\"action\":\"checkpoint\"}", null, null)]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":null,\"subSequenceNumber\":null}", null, null)]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":null}", null, null)]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":\"456\"}", "456", null)]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":456}", "456", null)]
    [InlineData("{\"checkpoint\":\"456\",\"subSequenceNumber\":1,\"sequenceNumber\":null,\"action\":\"checkpoint\"}", "456", 1L)]
    [InlineData("{\"action\":\"checkpoint\",\"error\":null,\"sequenceNumber\":\"456\"}", "456", null)]
    [InlineData(
        "{\"action\":\"checkpoint\",\"sequenceNumber\":49680505325853924419948112167222923799002943040138510338}",
        "49680505325853924419948112167222923799002943040138510338",
        null)]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":true,\"subSequenceNumber\":\"7\"}", "true", 7L)]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"subSequenceNumber\":\"\"}", "1", null)]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"subSequenceNumber\":1.9}", "1", 1L)]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"subSequenceNumber\":-1}", "1", -1L)]
    public void A_checkpoint_is_read(string line, string? number, long? sub) =>
        Assert.Equal(new(ChildMessageKind.Checkpoint, null, number, sub), Parse(line));

    [Theory]
    [InlineData("{\"action\":\"status\",\"responseFor\":5}", "5")]
    [InlineData("{\"action\":\"status\"}", null)]
    public void Status_s_response_is_coerced(string line, string? responseFor) =>
        Assert.Equal(new(ChildMessageKind.Status, responseFor), Parse(line));

    [Theory]
    [InlineData("initialize")]
    [InlineData("shutdown")]
    [InlineData("record")]
    public void Other_messages_are_recognized(string action) =>
        Assert.Equal(new(ChildMessageKind.Other, action), Parse($"{{\"action\":\"{action}\",\"records\":[{{\"action\":\"record\"}}]}}"));

    [Fact]
    public void No_bytes_make_the_parser_throw()
    {
        Gen.Byte.Array[0, 300].Sample(bytes => _ = ChildMessageParser.Parse(bytes));
        const string Message = "{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"subSequenceNumber\":1,\"x\":[{}]}";
        Gen.Select(Gen.Int[0, Message.Length - 1], Gen.Byte).Sample((at, with) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Message);
            bytes[at] = with;
            _ = ChildMessageParser.Parse(bytes);
        });
    }

    [Theory]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\"}", "None")]
    [InlineData("{ \"responseFor\" : \"initialize\", \"action\" : \"status\" }  ", "None")]
    [InlineData("{\"action\":\"checkpoint\"}", "None")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"subSequenceNumber\":null,\"error\":null}", "None")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"checkpoint\":\"1\"}", "None")]
    [InlineData("  {\"action\":\"checkpoint\"}", "Indented")]
    [InlineData("\ufeff{\"action\":\"checkpoint\"}", "OtherText")]
    [InlineData("x {\"action\":\"checkpoint\"}", "OtherText")]
    [InlineData("{50%} {\"action\":\"checkpoint\"}", "OtherText")]
    [InlineData("{\"action\":\"checkpoint\"} x", "OtherText")]
    [InlineData("{\"action\":\"checkpoint\"}{\"action\":\"checkpoint\"}", "OtherText")]
    [InlineData("{\"action\":\"checkpoint\",\"player\":\"bob\"}", "UnknownKeys")]
    [InlineData("{\"action\":\"checkpoint\",\"responseFor\":\"initialize\"}", "UnknownKeys")]
    [InlineData("{\"action\":\"checkpoint\",\"checkpoint\":{\"level\":3}}", "UnknownKeys")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\",\"error\":null}", "UnknownKeys")]
    [InlineData("{\"action\":\"status\",\"responseFor\":\"initialize\",\"sequenceNumber\":\"1\"}", "UnknownKeys")]
    [InlineData("{\"action\":\"status\",\"action\":\"checkpoint\"}", "RepeatedKeys")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"sequenceNumber\":null}", "RepeatedKeys")]
    [InlineData("{\"action\":\"checkpoint\",\"sequenceNumber\":\"1\",\"checkpoint\":\"2\"}", "RepeatedKeys")]
    public void What_is_unusual_about_a_line(string line, string traits) =>
        Assert.Equal(traits, ChildMessageParser.Parse(Encoding.UTF8.GetBytes(line)).Traits.ToString());

    private static ChildMessage Parse(string line) => ChildMessageParser.Parse(Encoding.UTF8.GetBytes(line)).Message;
}
