using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kcl.Integration.Tests.Servers.Scripted;

/// <summary>
/// A server with one stream, for responses that no other server here sends: the test chooses the shard of each record, which may have no
/// key. Supports the operations that a consumer calls, in JSON and CBOR, over HTTP/1.1 and HTTP/2. Shares no code with the client; the
/// connections are those of the embedded server.
/// </summary>
internal sealed class ScriptedKinesis : IAsyncDisposable
{
    public const string StreamName = "scripted";
    private const string Arn = "arn:aws:kinesis:us-east-1:000000000000:stream/" + StreamName;
    private static readonly DateTimeOffset Created = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly List<Dictionary<string, object?>>[] _shards;
    private readonly ConcurrentQueue<(string Operation, string ContentType)> _operations = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _application;
    private TaskCompletionSource _put = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedKinesis(int shards)
    {
        _shards = [.. Enumerable.Range(0, shards).Select(_ => new List<Dictionary<string, object?>>())];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Kcl.LocalKinesis" });
        ListenOptions? listening = null;
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => PrefaceRouting.Configure(kestrel, Listen(kestrel)));
        builder.Services.AddSingleton<IConnectionListenerFactory, Http2PipelineListenerFactory>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _application = builder.Build();
        _application.Run(HandleAsync);
        Port = () => ((IPEndPoint)listening!.EndPoint).Port;

        Action<Action<ListenOptions>> Listen(KestrelServerOptions kestrel) => endpoint => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listening = listen;
            endpoint(listen);
        });
    }

    public Uri Endpoint => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port()}"));

    /// <summary>Gets or sets the record distribution strategy that DescribeStreamSummary returns; null for none.</summary>
    public string? Strategy { get; set; }

    /// <summary>Returns the number of calls of an operation.</summary>
    public int Count(string operation) => _operations.Count(asked => asked.Operation == operation);

    /// <summary>Gets the encodings of the requests, except subscriptions, which are always in JSON.</summary>
    public IReadOnlyList<string> Encodings =>
        [.. _operations.Where(asked => asked.Operation != "SubscribeToShard").Select(asked => asked.ContentType).Distinct()];

    private Func<int> Port { get; }

    public static async Task<ScriptedKinesis> StartAsync(int shards, string? strategy, CancellationToken cancellationToken)
    {
        var server = new ScriptedKinesis(shards) { Strategy = strategy };
        await server._application.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Puts a record into a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="data">The payload.</param>
    /// <param name="key">The partition key; null for a record without one.</param>
    /// <returns>Its sequence number.</returns>
    public string Put(int shard, byte[] data, string? key)
    {
        lock (_gate)
        {
            var records = _shards[shard];
            var record = new Dictionary<string, object?>
            {
                ["SequenceNumber"] = Number(shard, records.Count),
                ["ApproximateArrivalTimestamp"] = TimeProvider.System.GetUtcNow(),
                ["Data"] = data,
            };
            if (key is not null)
            {
                record["PartitionKey"] = key;
            }

            records.Add(record);
            _put.SetResult();
            _put = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (string)record["SequenceNumber"]!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private static string ShardId(int shard) => string.Create(CultureInfo.InvariantCulture, $"shardId-{shard:D12}");

    private static int Shard(object? shardId) => int.Parse(((string)shardId!)["shardId-".Length..], CultureInfo.InvariantCulture);

    private static string Number(int shard, int index) => string.Create(CultureInfo.InvariantCulture, $"49{shard:D10}{index:D44}");

    private static int Index(object? number) => int.Parse(((string)number!)[12..], CultureInfo.InvariantCulture);

    private static Dictionary<string, object?> Consumer() => new()
    {
        ["ConsumerName"] = "app",
        ["ConsumerARN"] = Arn + "/consumer/app:1",
        ["ConsumerStatus"] = "ACTIVE",
        ["ConsumerCreationTimestamp"] = Created,
        ["StreamARN"] = Arn,
    };

    private async Task HandleAsync(HttpContext context)
    {
        var isCbor = context.Request.ContentType?.Contains("cbor", StringComparison.Ordinal) == true;
        var format = isCbor ? WireDocuments.Cbor : WireDocuments.Json;
        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        _operations.Enqueue((operation, format.ContentType));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = format.Read(body.ToArray());
        if (operation == "SubscribeToShard")
        {
            await PushAsync(context, Shard(request["ShardId"]), (Dictionary<string, object?>)request["StartingPosition"]!);
            return;
        }

        var answer = Answer(operation, request);
        context.Response.StatusCode = answer is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        context.Response.ContentType = format.ContentType;
        var document = format.Write(answer ?? new() { ["__type"] = "UnknownOperationException" });
        await context.Response.Body.WriteAsync(document, context.RequestAborted);
    }

    private Dictionary<string, object?>? Answer(string operation, Dictionary<string, object?> request) => operation switch
    {
        "DescribeStreamSummary" => new() { ["StreamDescriptionSummary"] = Summary() },
        "ListShards" => new() { ["Shards"] = Enumerable.Range(0, _shards.Length).Select(object? (shard) => Describe(shard)).ToList() },
        "RegisterStreamConsumer" => new() { ["Consumer"] = Consumer() },
        "DescribeStreamConsumer" => new() { ["ConsumerDescription"] = Consumer() },
        "GetShardIterator" => new()
        {
            ["ShardIterator"] = Iterator(Shard(request["ShardId"]), Position(request, "ShardIteratorType", "Starting")),
        },
        "GetRecords" => Read((string)request["ShardIterator"]!),
        _ => null,
    };

    private Dictionary<string, object?> Summary()
    {
        var summary = new Dictionary<string, object?>
        {
            ["StreamName"] = StreamName,
            ["StreamARN"] = Arn,
            ["StreamStatus"] = "ACTIVE",
            ["RetentionPeriodHours"] = 24L,
            ["StreamCreationTimestamp"] = Created,
            ["OpenShardCount"] = (long)_shards.Length,
        };
        if (Strategy is { } strategy)
        {
            summary["RecordDistributionStrategy"] = strategy;
        }

        return summary;
    }

    private Dictionary<string, object?> Describe(int shard)
    {
        var width = UInt128.MaxValue / (UInt128)_shards.Length;
        var end = shard == _shards.Length - 1 ? UInt128.MaxValue : (width * (UInt128)(shard + 1)) - 1;
        return new()
        {
            ["ShardId"] = ShardId(shard),
            ["HashKeyRange"] = new Dictionary<string, object?>
            {
                ["StartingHashKey"] = (width * (UInt128)shard).ToString(CultureInfo.InvariantCulture),
                ["EndingHashKey"] = end.ToString(CultureInfo.InvariantCulture),
            },
            ["SequenceNumberRange"] = new Dictionary<string, object?> { ["StartingSequenceNumber"] = Number(shard, 0) },
        };
    }

    // A position within a shard: the oldest record, or at or after a number.
    private static int Position(Dictionary<string, object?> request, string type, string prefix) => (string)request[type]! switch
    {
        "AT_SEQUENCE_NUMBER" => Index(request[prefix + "SequenceNumber"]),
        "AFTER_SEQUENCE_NUMBER" => Index(request[prefix + "SequenceNumber"]) + 1,
        _ => 0,
    };

    private static string Iterator(int shard, int index) => string.Create(CultureInfo.InvariantCulture, $"{shard}:{index}");

    private Dictionary<string, object?> Read(string iterator)
    {
        var parts = iterator.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var (shard, index) = (parts[0], parts[1]);
        var (records, _) = From(shard, index);
        return new() { ["Records"] = records, ["NextShardIterator"] = Iterator(shard, index + records.Count), ["MillisBehindLatest"] = 0L };
    }

    private (List<object?> Records, Task Put) From(int shard, int index)
    {
        lock (_gate)
        {
            return ([.. _shards[shard].Skip(index)], _put.Task);
        }
    }

    /// <summary>Writes events, which are in JSON regardless of the encoding of the request.</summary>
    private async Task PushAsync(HttpContext context, int shard, Dictionary<string, object?> position)
    {
        var index = Position(position, "Type", "");
        context.Response.ContentType = "application/vnd.amazon.eventstream";
        await context.Response.Body.WriteAsync(WireDocuments.Event("initial-response", "{}"u8), context.RequestAborted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        while (!either.IsCancellationRequested)
        {
            var (records, put) = From(shard, index);
            if (records.Count > 0)
            {
                index += records.Count;
                var payload = WireDocuments.Json.Write(new()
                {
                    ["Records"] = records,
                    ["ContinuationSequenceNumber"] = Number(shard, index - 1),
                    ["MillisBehindLatest"] = 0L,
                });
                await context.Response.Body.WriteAsync(WireDocuments.Event("SubscribeToShardEvent", payload), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            else
            {
                await put.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
