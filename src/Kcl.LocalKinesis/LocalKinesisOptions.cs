using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.LocalKinesis;

/// <summary>How an embedded server is to run.</summary>
public sealed class LocalKinesisOptions
{
    /// <summary>The port most emulators of Kinesis listen on.</summary>
    public const int DefaultPort = 4567;

    /// <summary>The address to listen on: an IP address or <c>localhost</c>.</summary>
    /// <value>Defaults to <c>127.0.0.1</c>, because the server asks nobody who they are.</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port for HTTP/1.1 and HTTP/2 without TLS; 0 takes a free one, which <see cref="LocalKinesisServer.Endpoint"/> then names.</summary>
    /// <value>Defaults to 4567.</value>
    public int Port { get; set; } = DefaultPort;

    /// <summary>A second port, for HTTP/1.1 and HTTP/2 over TLS; 0 takes a free one, which <see cref="LocalKinesisServer.TlsEndpoint"/> then names.</summary>
    /// <value>Defaults to null: no TLS.</value>
    public int? TlsPort { get; set; }

    /// <summary>The certificate, with its private key, that the TLS port shows.</summary>
    /// <value>Defaults to null: one made at the start, for <c>localhost</c> and <see cref="Host"/>, that nobody has reason to trust.</value>
    public X509Certificate2? TlsCertificate { get; set; }

    /// <summary>The folder of the file that streams and records are kept in. It is made if it doesn't exist.</summary>
    /// <value>Defaults to null: everything is in memory and gone with the server.</value>
    /// <remarks>
    /// What was acknowledged survives the end of the process, however it ends; a power cut may cost the last moments. Records within the retention period
    /// are held in memory as well, and read back from the file at the start. One server at a time may use the folder.
    /// </remarks>
    public string? DataDirectory { get; set; }

    /// <summary>Streams to create at the start where they don't exist, each with its number of shards; they are ACTIVE at once.</summary>
    /// <value>Defaults to none.</value>
    public IDictionary<string, int> InitialStreams { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Whether shards' throughput is limited as the service limits it.</summary>
    /// <value>Defaults to <see cref="LocalKinesisLimits.Off"/>.</value>
    public LocalKinesisLimits Limits { get; set; } = LocalKinesisLimits.Off;

    /// <summary>How many open shards there may be in all; more answers <c>LimitExceededException</c>.</summary>
    /// <value>Defaults to 10000.</value>
    public int ShardLimit { get; set; } = 10_000;

    /// <summary>How long streams stay CREATING, DELETING or UPDATING, and consumers CREATING or DELETING.</summary>
    /// <value>
    /// Defaults to 50 milliseconds, where the service takes some tens of seconds. Zero is allowed: the next call finds the change done.
    /// A split, a merge and a new number of shards take until the next whole second after this delay, because sequence numbers count
    /// in seconds.
    /// </value>
    public TimeSpan StateChangeDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one <c>SubscribeToShard</c> lasts before the server ends it and the client has to subscribe again.</summary>
    /// <value>Defaults to the service's 5 minutes.</value>
    public TimeSpan SubscriptionDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How soon a second subscription for the same consumer and shard may take over from the first; earlier ones answer <c>ResourceInUseException</c>.</summary>
    /// <value>Defaults to the service's 5 seconds.</value>
    public TimeSpan SubscriptionTakeoverDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The account in ARNs and messages: 12 digits.</summary>
    /// <value>Defaults to <c>000000000000</c>.</value>
    public string AccountId { get; set; } = "000000000000";

    /// <summary>The region in ARNs.</summary>
    /// <value>Defaults to <c>us-east-1</c>.</value>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The server's clock.</summary>
    /// <value>Defaults to <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the server logs.</summary>
    /// <value>Defaults to nowhere.</value>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>What a running server reads: nobody changes it any more.</summary>
    internal LocalKinesisOptions Clone() => (LocalKinesisOptions)MemberwiseClone();

    /// <summary>Says what cannot be, all of it in one message.</summary>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    internal void Validate()
    {
        var problems = new List<string>();
        Check(Port is >= 0 and <= 65535, $"{nameof(Port)} is {Port}; it must be between 0 and 65535");
        Check(TlsPort is null or (>= 0 and <= 65535), $"{nameof(TlsPort)} is {TlsPort}; it must be between 0 and 65535");
        Check(Host == "localhost" || System.Net.IPAddress.TryParse(Host, out _), $"{nameof(Host)} is '{Host}'; it must be an IP address or 'localhost'");
        Check(ShardLimit > 0, $"{nameof(ShardLimit)} is {ShardLimit}; it must be at least 1");
        Check(StateChangeDelay >= TimeSpan.Zero, $"{nameof(StateChangeDelay)} is {StateChangeDelay}; it must not be negative");
        Check(SubscriptionDuration > TimeSpan.Zero, $"{nameof(SubscriptionDuration)} is {SubscriptionDuration}; it must be longer than zero");
        Check(SubscriptionTakeoverDelay >= TimeSpan.Zero, $"{nameof(SubscriptionTakeoverDelay)} is {SubscriptionTakeoverDelay}; it must not be negative");
        Check(AccountId.Length == 12 && AccountId.All(char.IsAsciiDigit), $"{nameof(AccountId)} is '{AccountId}'; it must be 12 digits");
        Check(Region.Length > 0 && Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), $"{nameof(Region)} is '{Region}'; it must be a region such as us-east-1");
        foreach (var (name, shards) in InitialStreams)
        {
            Check(name.Length is >= 1 and <= 128 && Wire.Parameters.IsName(name), $"{nameof(InitialStreams)} has '{name}'; a name is 1 to 128 of a-z, A-Z, 0-9, '_', '.' and '-'");
            Check(shards >= 1 && shards <= ShardLimit, $"{nameof(InitialStreams)} has '{name}' with {shards} shards; it must be between 1 and {ShardLimit}");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"The embedded server cannot start: {string.Join("; ", problems)}.");
        }

        void Check(bool ok, string problem)
        {
            if (!ok)
            {
                problems.Add(problem);
            }
        }
    }
}
