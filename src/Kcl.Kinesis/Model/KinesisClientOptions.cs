using Amazon.Runtime;
using Kcl.Internal;

namespace Kcl.Kinesis;

/// <summary>
/// The options of a <c>KinesisClient</c>: endpoint, credentials, retries and connections. Unset values are resolved as in the AWS SDKs:
/// from the environment, the profile and the instance.
/// </summary>
/// <remarks>The maximum of every duration is 2147483647 milliseconds, about 24 days.</remarks>
public sealed class KinesisClientOptions
{
    private HashSet<KinesisOperation> _throttlingReportedImmediately = [KinesisOperation.GetRecords];

    /// <summary>Gets or sets the endpoint of every call, for a local server, a VPC endpoint or a proxy.</summary>
    /// <value>
    /// The default is null: <c>AWS_ENDPOINT_URL_KINESIS</c>, <c>AWS_ENDPOINT_URL</c>, the profile's <c>endpoint_url</c>, then the service's
    /// endpoint of the region.
    /// </value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the region, for example <c>eu-central-1</c>.</summary>
    /// <value>
    /// The default is null: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, the profile's region, the instance's region; <c>us-east-1</c> if
    /// only an endpoint is known.
    /// </value>
    public string? Region { get; set; }

    /// <summary>Gets or sets a value indicating whether FIPS 140 endpoints are used.</summary>
    /// <value>The default is null: <c>AWS_USE_FIPS_ENDPOINT</c>, the profile's setting, then false.</value>
    public bool? UseFipsEndpoint { get; set; }

    /// <summary>Gets or sets a value indicating whether endpoints with IPv4 and IPv6 addresses are used.</summary>
    /// <value>The default is null: <c>AWS_USE_DUALSTACK_ENDPOINT</c>, the profile's setting, then false.</value>
    public bool? UseDualStackEndpoint { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether calls that identify a stream by ARN go to the host of the stream's account, as in the AWS
    /// SDKs. Set it to false for a VPC endpoint or a proxy that supports only the host of the region.
    /// </summary>
    /// <value>The default is true.</value>
    public bool UseAccountEndpoints { get; set; } = true;

    /// <summary>Gets or sets the credentials. They are read before every attempt, so that temporary credentials can be refreshed.</summary>
    /// <value>
    /// The default is null: the chain of the AWS SDK for .NET (environment, profile with SSO and roles, web identity, container, instance).
    /// </value>
    public AWSCredentials? Credentials { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether requests are signed. Unsigned requests have a placeholder signature that local servers
    /// accept and the service rejects; they need no credentials.
    /// </summary>
    /// <value>The default is true.</value>
    public bool SignRequests { get; set; } = true;

    /// <summary>Gets or sets the encoding of requests. Responses are read in either encoding.</summary>
    /// <value>The default is <see cref="KinesisEncoding.Cbor"/>.</value>
    public KinesisEncoding Encoding { get; set; } = KinesisEncoding.Cbor;

    /// <summary>Gets or sets the maximum time to establish a connection.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the maximum duration of one attempt, from the request to the last byte of the response.</summary>
    /// <value>The default is 20 seconds, in which a response of 10 MiB arrives at half a megabyte per second.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets the maximum duration of a call with its retries and the pauses between them.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the maximum number of attempts of a call; 1 means no retry.</summary>
    /// <value>The default is 4.</value>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// Gets or sets the upper limit of the first pause, which doubles with each retry. A pause is a random time between zero and its limit.
    /// After an error <see cref="KinesisErrorCode.LimitExceeded"/>, the upper limit is ten times as long.
    /// </summary>
    /// <value>The default is 100 milliseconds.</value>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the maximum pause.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets the operations whose throttling is reported immediately instead of retried, because their caller controls the rate of its
    /// calls.
    /// </summary>
    /// <value>The default is <see cref="KinesisOperation.GetRecords"/>.</value>
    public ISet<KinesisOperation> ThrottlingReportedImmediately => _throttlingReportedImmediately;

    /// <summary>Gets or sets a suffix of the user agent, which identifies the application in the service's logs.</summary>
    /// <value>The default is null: no suffix.</value>
    public string? UserAgentSuffix { get; set; }

    /// <summary>Creates options for a local server that does not verify signatures.</summary>
    /// <param name="endpoint">The URL of the server.</param>
    /// <returns>Options that need neither credentials nor a region.</returns>
    public static KinesisClientOptions ForLocalServer(Uri endpoint) =>
        new() { Endpoint = endpoint, Region = "us-east-1", SignRequests = false };

    internal IReadOnlyList<string> Validate() => new OptionsProblems()
        .Endpoint(nameof(Endpoint), Endpoint)
        .Region(nameof(Region), Region)
        .PositiveDuration(nameof(ConnectTimeout), ConnectTimeout)
        .PositiveDuration(nameof(AttemptTimeout), AttemptTimeout)
        .Duration(nameof(OperationTimeout), OperationTimeout, AttemptTimeout, $"a call takes at least one {nameof(AttemptTimeout)}")
        .AtLeast(nameof(MaxAttempts), MaxAttempts, 1)
        .Duration(nameof(RetryBaseDelay), RetryBaseDelay, TimeSpan.Zero)
        .Duration(nameof(RetryMaxDelay), RetryMaxDelay, RetryBaseDelay, $"it limits the pauses, which begin with {nameof(RetryBaseDelay)}")
        .All;

    internal KinesisClientOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the Kinesis client", Validate());
        var copy = (KinesisClientOptions)MemberwiseClone();
        copy._throttlingReportedImmediately = [.. _throttlingReportedImmediately];
        return copy;
    }
}
