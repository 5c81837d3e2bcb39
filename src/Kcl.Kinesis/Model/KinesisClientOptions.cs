using Amazon.Runtime;

namespace Kcl.Kinesis;

/// <summary>How a <see cref="KinesisClient"/> finds, reaches and pesters the service. Everything left alone comes from where the AWS SDKs look: environment, profile, instance.</summary>
public sealed class KinesisClientOptions
{
    /// <summary>Where to send every call, for a local server, a VPC endpoint or a proxy.</summary>
    /// <value>Null: <c>AWS_ENDPOINT_URL_KINESIS</c>, <c>AWS_ENDPOINT_URL</c>, the profile's <c>endpoint_url</c>, else the service's endpoint for the region.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>The region, for example <c>eu-central-1</c>.</summary>
    /// <value>Null: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, the profile's, the instance's; <c>us-east-1</c> where only an endpoint is known.</value>
    public string? Region { get; set; }

    /// <summary>Whether FIPS 140 endpoints are used.</summary>
    /// <value>Null: <c>AWS_USE_FIPS_ENDPOINT</c>, the profile's, else no.</value>
    public bool? UseFipsEndpoint { get; set; }

    /// <summary>Whether endpoints are used that have an IPv6 address too.</summary>
    /// <value>Null: <c>AWS_USE_DUALSTACK_ENDPOINT</c>, the profile's, else no.</value>
    public bool? UseDualStackEndpoint { get; set; }

    /// <summary>Whether calls that name a stream by its ARN go to the host of the stream's account, as the AWS SDKs do. Turn it off behind a VPC endpoint or a proxy that knows the region's host only.</summary>
    /// <value>True.</value>
    public bool UseAccountEndpoints { get; set; } = true;

    /// <summary>The credentials; asked before every call, so that their own refreshing is respected.</summary>
    /// <value>Null: the chain of the AWS SDK for .NET (environment, profile with SSO and roles, web identity, container, instance).</value>
    public AWSCredentials? Credentials { get; set; }

    /// <summary>Whether requests are signed. Unsigned ones carry a placeholder that local servers take; the service refuses them. No credentials are looked for then.</summary>
    /// <value>True.</value>
    public bool SignRequests { get; set; } = true;

    /// <summary>How requests are written. Answers are read in either encoding.</summary>
    /// <value>CBOR.</value>
    public KinesisEncoding Encoding { get; set; } = KinesisEncoding.Cbor;

    /// <summary>How long connecting may take.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take, from the request to the last byte of the answer.</summary>
    /// <value>20 seconds: an answer of 10 MiB at half a megabyte per second.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a call may take with its retries and the pauses between them.</summary>
    /// <value>60 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a call is tried at most; 1 is never again.</summary>
    /// <value>4.</value>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>The upper end of the first pause, which doubles from retry to retry. A pause is drawn evenly between nothing and its upper end.</summary>
    /// <value>100 milliseconds; ten times that where a limit of the control plane was met.</value>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The operations whose throttling is reported at once instead of retried, because their caller paces itself.</summary>
    /// <value><see cref="KinesisOperation.GetRecords"/>.</value>
    public ISet<KinesisOperation> ThrottlingReportedAtOnce { get; } = new HashSet<KinesisOperation> { KinesisOperation.GetRecords };

    /// <summary>Added to the user agent, so that the service's logs tell one application from another.</summary>
    /// <value>Null.</value>
    public string? UserAgentSuffix { get; set; }

    /// <summary>Options for a server on this machine that checks no signatures.</summary>
    /// <param name="endpoint">Its URL.</param>
    /// <returns>Options that need no credentials, no region and no network.</returns>
    public static KinesisClientOptions ForLocalServer(Uri endpoint) => new() { Endpoint = endpoint, Region = "us-east-1", SignRequests = false };

    internal KinesisClientOptions Freeze()
    {
        var problems = new List<string>();
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout), ConnectTimeout, "be longer than zero");
        Require(AttemptTimeout > TimeSpan.Zero, nameof(AttemptTimeout), AttemptTimeout, "be longer than zero");
        Require(OperationTimeout >= AttemptTimeout, nameof(OperationTimeout), OperationTimeout, $"be at least {nameof(AttemptTimeout)}, {AttemptTimeout}");
        Require(MaxAttempts >= 1, nameof(MaxAttempts), MaxAttempts, "be at least 1");
        Require(RetryBaseDelay >= TimeSpan.Zero, nameof(RetryBaseDelay), RetryBaseDelay, "not be negative");
        Require(RetryMaxDelay >= RetryBaseDelay, nameof(RetryMaxDelay), RetryMaxDelay, $"be at least {nameof(RetryBaseDelay)}, {RetryBaseDelay}");
        if (problems.Count > 0)
        {
            throw new ConfigurationException("The options of the Kinesis client cannot work: " + string.Join("; ", problems) + ".");
        }

        var copy = (KinesisClientOptions)MemberwiseClone();
        return copy;

        void Require(bool holds, string name, object value, string need)
        {
            if (!holds)
            {
                problems.Add($"{name} is {value} and has to {need}");
            }
        }
    }
}
