using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>Subscribes and parses the messages, with code that neither the server nor the client uses.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;

    private EventStream(HttpClient http, HttpResponseMessage response, Stream stream)
    {
        _http = http;
        _response = response;
        _stream = stream;
    }

    public HttpResponseMessage Response => _response;

    public static async Task<EventStream> OpenAsync(Uri endpoint, string body, Version version, CancellationToken cancellationToken)
    {
        var http = new HttpClient { BaseAddress = endpoint };
        var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1") },
            },
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202.SubscribeToShard");
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new(http, response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Returns the next message; null at the end of the stream.</summary>
    public async Task<(IReadOnlyDictionary<string, string> Headers, JsonElement Payload)?> NextAsync(CancellationToken cancellationToken)
    {
        var prelude = new byte[12];
        if (await _stream.ReadAtLeastAsync(prelude, 12, throwOnEndOfStream: false, cancellationToken) is var got && got < 12)
        {
            Assert.Equal(0, got);
            return null;
        }

        var total = BinaryPrimitives.ReadInt32BigEndian(prelude);
        var headersLength = BinaryPrimitives.ReadInt32BigEndian(prelude.AsSpan(4));
        Assert.Equal(Crc(prelude.AsSpan(0, 8)), BinaryPrimitives.ReadUInt32BigEndian(prelude.AsSpan(8)));
        var message = new byte[total];
        prelude.CopyTo(message, 0);
        await _stream.ReadExactlyAsync(message.AsMemory(12), cancellationToken);
        Assert.Equal(Crc(message.AsSpan(0, total - 4)), BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(total - 4)));
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 12; at < 12 + headersLength;)
        {
            var name = Encoding.UTF8.GetString(message, at + 1, message[at]);
            at += 1 + name.Length;
            Assert.Equal(7, message[at]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 1));
            headers[name] = Encoding.UTF8.GetString(message, at + 3, length);
            at += 3 + length;
        }

        return (headers, JsonDocument.Parse(message.AsMemory(12 + headersLength, total - headersLength - 16)).RootElement);
    }

    /// <summary>Returns the next event that has records or ends the shard. Empty events are skipped.</summary>
    public async Task<JsonElement> NextEventAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (headers, payload) = await NextAsync(cancellationToken) ?? throw new EndOfStreamException();
            if (headers.GetValueOrDefault(":event-type") == "SubscribeToShardEvent" && (
                payload.GetProperty("Records").GetArrayLength() > 0 || payload.TryGetProperty("ChildShards", out _)))
            {
                return payload;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
