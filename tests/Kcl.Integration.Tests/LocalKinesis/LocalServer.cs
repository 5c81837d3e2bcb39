using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>An embedded server on a free port, with ways to call it.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly HttpClient _http;

    private LocalServer(LocalKinesisServer server)
    {
        Server = server;
        _http = new HttpClient { BaseAddress = server.Endpoint };
        Client = ClientOf(KinesisEncoding.Cbor);
    }

    public LocalKinesisServer Server { get; }

    public KinesisClient Client { get; }

    public static async Task<LocalServer> StartAsync(Action<LocalKinesisOptions>? configure = null)
    {
        var options = new LocalKinesisOptions { Port = 0, StateChangeDelay = TimeSpan.Zero };
        configure?.Invoke(options);
        return new(await LocalKinesisServer.StartAsync(options, TestContext.Current.CancellationToken));
    }

    public KinesisClient ClientOf(KinesisEncoding encoding)
    {
        var options = KinesisClientOptions.ForLocalServer(Server.Endpoint);
        options.Encoding = encoding;
        options.MaxAttempts = 1;
        return new(options);
    }

    /// <summary>Calls an operation in JSON.</summary>
    public async Task<(
        HttpStatusCode Status,
        JsonElement Body,
        HttpResponseMessage Response)> CallAsync(string operation, string body, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1") },
            },
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("X-Amz-Target", $"Kinesis_20131202.{operation}");
        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement, response);
    }

    /// <summary>Calls an operation in JSON that must return an error.</summary>
    public async Task<(string Type, string Message)> RefusalAsync(string operation, string body)
    {
        var (status, json, _) = await CallAsync(operation, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        return (
            json.GetProperty("__type").GetString()!,
            (json.TryGetProperty("message", out var message) ? message : json.GetProperty("Message")).GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
