using System.Text;
using System.Text.Json;
using Kcl.LocalKinesis;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;
using Microsoft.AspNetCore.Http;

namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>The embedded server without its sockets: an operation takes JSON and answers JSON.</summary>
internal sealed class ServerCore(IServerStore store, ServerClock clock, LocalKinesisOptions options)
{
    private readonly Operations _operations = new(new StreamCatalog(options, clock, store, CancellationToken.None));

    /// <summary>Calls an operation.</summary>
    /// <exception cref="ServiceException">It was refused.</exception>
    public async Task<JsonElement> CallAsync(string operation, string request)
    {
        Assert.True(_operations.TryGet(operation, out var run), operation);
        using var output = new PooledBuffer();
        using var exchange = new Exchange(
            new DefaultHttpContext(),
            cbor: false,
            RequestParser.Parse(Encoding.UTF8.GetBytes(request), cbor: false),
            output);
        await run(exchange);
        exchange.Flush();
        return output.Length == 0 ? default : JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }

    /// <summary>Calls an operation that waits for nothing.</summary>
    public JsonElement Call(string operation, string request)
    {
        var answer = CallAsync(operation, request);
        Assert.True(answer.IsCompleted, $"{operation} waits for something.");
        return answer.GetAwaiter().GetResult();
    }
}
