using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Kcl.Kinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Transport;

/// <summary>Answers each request with the next of the given responses, and keeps the requests.</summary>
internal sealed class FakeService(params FakeService.Answer[] answers) : HttpMessageHandler
{
    public delegate Task<HttpResponseMessage> Answer(CancellationToken cancellationToken);

    public List<(HttpRequestMessage Request, byte[] Body)> Asked { get; } = [];

    public static Answer Json(
        string body,
        HttpStatusCode status = HttpStatusCode.OK,
        string? errorType = null,
        DateTimeOffset? date = null) =>
        Bytes(Encoding.UTF8.GetBytes(body), "application/x-amz-json-1.1", status, errorType, date);

    public static Answer Cbor(string hex, HttpStatusCode status = HttpStatusCode.OK) =>
        Bytes(Convert.FromHexString(hex), "application/x-amz-cbor-1.1", status);

    public static Answer Bytes(
        byte[] body,
        string? contentType,
        HttpStatusCode status = HttpStatusCode.OK,
        string? errorType = null,
        DateTimeOffset? date = null) => _ =>
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        response.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        response.Headers.Add("x-amzn-RequestId", "request-1");
        response.Headers.Date = date;
        if (errorType is not null)
        {
            response.Headers.Add("x-amzn-ErrorType", errorType);
        }

        return Task.FromResult(response);
    };

    public static Answer Content(Func<HttpContent> content) =>
        _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content() });

    public static Answer Fails(Exception failure) => _ => Task.FromException<HttpResponseMessage>(failure);

    public static Answer Silence(TaskCompletionSource asked) => async cancellationToken =>
    {
        asked.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new InvalidOperationException("Silence was broken.");
    };

    public KinesisClient Client(Action<KinesisClientOptions>? configure = null, FakeTimeProvider? time = null)
    {
        var options = KinesisClientOptions.ForLocalServer(new("http://localhost:4567"));
        options.RetryBaseDelay = TimeSpan.Zero;
        options.RetryMaxDelay = TimeSpan.Zero;
        configure?.Invoke(options);
        return new(
            options,
            this,
            _ => null,
            timeProvider: time ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero)),
            random: new Random(1));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        int index;
        lock (Asked)
        {
            index = Asked.Count;
            Asked.Add((request, body));
        }

        Assert.True(index < answers.Length, $"Request {index + 1} was not expected.");
        return await answers[index](cancellationToken);
    }
}
