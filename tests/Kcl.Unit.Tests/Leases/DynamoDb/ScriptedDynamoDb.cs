using System.Net;
using System.Text;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Kcl.Leases.DynamoDb;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

/// <summary>A DynamoDB with scripted responses. It replaces the HTTP client of the SDK.</summary>
internal sealed class ScriptedDynamoDb(Func<string, int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpClientFactory
{
    private readonly Func<string, int, CancellationToken, Task<HttpResponseMessage>> _answer = answer;
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);

    public ScriptedDynamoDb(Func<string, int, HttpResponseMessage> answer)
        : this((action, number, _) => Task.FromResult(answer(action, number)))
    {
    }

    /// <summary>Gets the actions that were called, in order.</summary>
    public List<string> Actions { get; } = [];

    public static HttpResponseMessage Ok(string json = "{}") => Json(HttpStatusCode.OK, json);

    public static HttpResponseMessage Error(string type, string message = "scripted", int status = 400) =>
        Json((HttpStatusCode)status, $$"""{"__type":"com.amazonaws.dynamodb.v20120810#{{type}}","message":"{{message}}"}""");

    public static HttpResponseMessage Table(string status, string key = "leaseKey", string type = "S") =>
        Ok($$"""{"Table":{{Description(status, key, type)}}}""");

    public static HttpResponseMessage Created(string status) => Ok($$"""{"TableDescription":{{Description(status, "leaseKey", "S")}}}""");

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public DynamoDbLeaseStore Store(
        DynamoDbLeaseStoreOptions? options = null, TimeProvider? time = null, AWSCredentials? credentials = null)
    {
        var client = new AmazonDynamoDBClient(
            credentials ?? new BasicAWSCredentials("x", "y"),
            new AmazonDynamoDBConfig
            {
                ServiceURL = "http://scripted.invalid",
                AuthenticationRegion = "eu-central-1",
                MaxErrorRetry = 0,
                HttpClientFactory = this,
            });
        return new(client, options ?? new() { ApplicationName = "app" }, NullLoggerFactory.Instance, time);
    }

    private static string Description(string status, string key, string type) =>
        $$"""{"TableName":"app","TableStatus":"{{status}}","KeySchema":[{"AttributeName":"{{key}}","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"{{key}}","AttributeType":"{{type}}"}]}""";

    private static HttpResponseMessage Json(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/x-amz-json-1.0") };

    private sealed class Handler(ScriptedDynamoDb owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var action = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1];
            int number;
            lock (owner._calls)
            {
                owner.Actions.Add(action);
                number = owner._calls[action] = owner._calls.GetValueOrDefault(action) + 1;
            }

            return await owner._answer(action, number, cancellationToken);
        }
    }
}
