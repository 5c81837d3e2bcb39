using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>Calls a Kinesis server in JSON, without a client library that could hide details.</summary>
internal sealed class RawKinesis(Uri endpoint) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = endpoint };

    /// <summary>Calls an operation.</summary>
    /// <returns>The response, and the type of the error if it is one.</returns>
    /// <exception cref="HttpRequestException">The server did not answer.</exception>
    public async Task<(JsonElement Body, string? Error)> CallAsync(string operation, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"Kinesis_20131202.{operation}");
        using var response = await _http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var json = bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement;
        return (json, response.StatusCode == HttpStatusCode.OK ? null : json.GetProperty("__type").GetString());
    }

    /// <summary>Calls an operation that must succeed.</summary>
    public async Task<JsonElement> SucceedAsync(string operation, string body, CancellationToken cancellationToken)
    {
        var (answer, error) = await CallAsync(operation, body, cancellationToken);
        Assert.True(error is null, $"{operation} {body}: {answer}");
        return answer;
    }

    /// <summary>Returns every shard of a stream.</summary>
    public async Task<IReadOnlyList<ListedShard>> ShardsAsync(string stream, CancellationToken cancellationToken) =>
        ListedShard.Read(await SucceedAsync("ListShards", $$"""{"StreamName":"{{stream}}"}""", cancellationToken));

    /// <summary>Returns every record of a shard, and whether the shard has ended.</summary>
    public async Task<(List<JsonElement> Records, bool Ended, IReadOnlyList<string> Children)> ReadAsync(
        string stream,
        string shard,
        CancellationToken cancellationToken)
    {
        var records = new List<JsonElement>();
        var request = $$"""{"StreamName":"{{stream}}","ShardId":"{{shard}}","ShardIteratorType":"TRIM_HORIZON"}""";
        var iterator = (await SucceedAsync("GetShardIterator", request, cancellationToken)).GetProperty("ShardIterator").GetString();
        while (true)
        {
            var answer = await SucceedAsync("GetRecords", $$"""{"ShardIterator":"{{iterator}}"}""", cancellationToken);
            var read = answer.GetProperty("Records");
            records.AddRange(read.EnumerateArray());
            if (!answer.TryGetProperty("NextShardIterator", out var next))
            {
                var children = answer.GetProperty("ChildShards").EnumerateArray();
                return (records, true, [.. children.Select(child => child.GetProperty("ShardId").GetString()!)]);
            }

            if (read.GetArrayLength() == 0)
            {
                return (records, false, []);
            }

            iterator = next.GetString();
        }
    }

    public void Dispose() => _http.Dispose();
}
