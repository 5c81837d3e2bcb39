using System.Text;
using System.Text.Json;
using Kcl.LocalKinesis;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Tokens;
using Microsoft.AspNetCore.Http;

namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>The embedded server without its sockets: an operation reads and returns JSON.</summary>
internal sealed class ServerCore
{
    private readonly IReadOnlyDictionary<string, Func<Exchange, ValueTask>> _operations;

    public ServerCore(IServerStore store, ServerClock clock, LocalKinesisOptions options)
    {
        var context = new ServerContext(options, clock, new TokenSigner(store.SigningKey), CancellationToken.None);
        _operations = Operations.Create(context, new StreamCatalog(context, store));
    }

    /// <summary>Calls an operation.</summary>
    /// <exception cref="ServiceErrorException">The operation returned an error.</exception>
    public async Task<JsonElement> CallAsync(string operation, string request)
    {
        using var output = new PooledBuffer();
        using var exchange = new Exchange(
            new DefaultHttpContext(),
            isCbor: false,
            RequestParser.Parse(Encoding.UTF8.GetBytes(request), cbor: false),
            output);
        await _operations[operation](exchange);
        exchange.Flush();
        return output.Length == 0 ? default : JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }

    /// <summary>Calls an operation that does not wait for anything.</summary>
    public JsonElement Call(string operation, string request)
    {
        var answer = CallAsync(operation, request);
        Assert.True(answer.IsCompleted, $"{operation} waits for something.");
        return answer.GetAwaiter().GetResult();
    }
}
