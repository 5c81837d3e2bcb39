using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kcl.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.LocalKinesis;

/// <summary>The options of a <see cref="LocalKinesisServer"/>.</summary>
/// <remarks>The maximum of every duration is 2147483647 milliseconds, about 24 days.</remarks>
public sealed class LocalKinesisOptions
{
    /// <summary>The port on which most emulators of Kinesis listen.</summary>
    public const int DefaultPort = 4567;

    private Dictionary<string, int> _initialStreams = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the address to listen on: an IP address or <c>localhost</c>.</summary>
    /// <value>The default is <c>127.0.0.1</c>, because the server does not authenticate its clients.</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Gets or sets the port for HTTP/1.1 and HTTP/2 without TLS; 0 selects a free port.</summary>
    /// <value>The default is 4567.</value>
    /// <remarks><see cref="LocalKinesisServer.Endpoint"/> contains the port that is used.</remarks>
    public int Port { get; set; } = DefaultPort;

    /// <summary>Gets or sets the port for HTTP/1.1 and HTTP/2 over TLS; 0 selects a free port.</summary>
    /// <value>The default is null: no TLS.</value>
    /// <remarks><see cref="LocalKinesisServer.TlsEndpoint"/> contains the port that is used.</remarks>
    public int? TlsPort { get; set; }

    /// <summary>Gets or sets the certificate of the TLS port, with its private key.</summary>
    /// <value>
    /// The default is null: a self-signed certificate for <c>localhost</c> and <see cref="Host"/>, which clients do not trust by default.
    /// </value>
    public X509Certificate2? TlsCertificate { get; set; }

    /// <summary>Gets or sets the folder of the file in which streams and records are stored. It is created if it does not exist.</summary>
    /// <value>The default is null: everything is in memory and lost when the server stops.</value>
    /// <remarks>
    /// Acknowledged writes remain after the process has exited, even if it was killed; a power failure may lose the most recent ones.
    /// Records within the retention period are also kept in memory, and are read from the file at startup. Only one server at a time can
    /// use the folder.
    /// </remarks>
    public string? DataDirectory { get; set; }

    /// <summary>
    /// Gets the streams to create at startup if they do not exist, each with its number of shards. They are ACTIVE immediately.
    /// </summary>
    /// <value>The default is an empty dictionary.</value>
    public IDictionary<string, int> InitialStreams => _initialStreams;

    /// <summary>Gets or sets the limits of the throughput of shards.</summary>
    /// <value>The default is <see cref="LocalKinesisLimits.Off"/>.</value>
    public LocalKinesisLimits Limits { get; set; } = LocalKinesisLimits.Off;

    /// <summary>
    /// Gets or sets the maximum number of open shards of all streams; a call that would exceed it returns <c>LimitExceededException</c>.
    /// </summary>
    /// <value>The default is 10000.</value>
    public int ShardLimit { get; set; } = 10_000;

    /// <summary>Gets or sets how long streams stay CREATING, DELETING or UPDATING, and consumers CREATING or DELETING.</summary>
    /// <value>
    /// The default is 50 milliseconds; the service takes tens of seconds. With zero, the change is complete at the next call.
    /// A split, a merge and a new number of shards complete at the first whole second after this delay, because sequence numbers contain
    /// whole seconds.
    /// </value>
    public TimeSpan StateChangeDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Gets or sets the duration of a subscription (<c>SubscribeToShard</c>). After that, the server ends the subscription, and the client
    /// must subscribe again.
    /// </summary>
    /// <value>The default is 5 minutes, as for the service.</value>
    public TimeSpan SubscriptionDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the time after which a second subscription for the same consumer and shard can take over from the first one. Before
    /// that, a second subscription is rejected with <c>ResourceInUseException</c>.
    /// </summary>
    /// <value>The default is 5 seconds, as for the service.</value>
    public TimeSpan SubscriptionTakeoverDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the account in ARNs and messages: 12 digits.</summary>
    /// <value>The default is <c>000000000000</c>.</value>
    public string AccountId { get; set; } = "000000000000";

    /// <summary>Gets or sets the region in ARNs.</summary>
    /// <value>The default is <c>us-east-1</c>.</value>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Gets or sets the clock of streams, records and subscriptions.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets the factory that creates the loggers of the server.</summary>
    /// <value>The default is <see cref="NullLoggerFactory"/>: nothing is logged.</value>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Returns every problem of these options; empty if they are valid.</summary>
    internal IReadOnlyList<string> Validate()
    {
        var problems = new OptionsProblems()
            .Require(
                Host == "localhost" || IPAddress.TryParse(Host, out _),
                $"{nameof(Host)} is '{Host}'; it must be an IP address or 'localhost'.")
            .Between(nameof(Port), Port, 0, 65535)
            .Between(nameof(TlsPort), TlsPort ?? 0, 0, 65535)
            .Require(
                TlsPort is null or 0 || TlsPort != Port,
                $"{nameof(TlsPort)} is {TlsPort}, as {nameof(Port)} is; it must be another port, or 0 for a free one.")
            .Require(
                DataDirectory is null || !string.IsNullOrWhiteSpace(DataDirectory),
                $"{nameof(DataDirectory)} is empty; it must be a folder, or null to keep everything in memory.")
            .NotNull(nameof(Limits), Limits)
            .AtLeast(nameof(ShardLimit), ShardLimit, 1)
            .Duration(nameof(StateChangeDelay), StateChangeDelay, TimeSpan.Zero)
            .PositiveDuration(nameof(SubscriptionDuration), SubscriptionDuration)
            .Duration(nameof(SubscriptionTakeoverDelay), SubscriptionTakeoverDelay, TimeSpan.Zero)
            .Require(
                AccountId is { Length: 12 } && AccountId.All(char.IsAsciiDigit),
                $"{nameof(AccountId)} is '{AccountId}'; it must be 12 digits.")
            .NotEmpty(nameof(Region), Region)
            .Region(nameof(Region), Region)
            .NotNull(nameof(TimeProvider), TimeProvider)
            .NotNull(nameof(LoggerFactory), LoggerFactory);
        foreach (var (name, shards) in InitialStreams)
        {
            problems
                .Name($"A name in {nameof(InitialStreams)}", name)
                .Require(
                    shards >= 1 && shards <= ShardLimit,
                    $"{nameof(InitialStreams)} has '{name}' with {shards} shards; it must be between 1 and {ShardLimit}.");
        }

        return problems.All;
    }

    /// <summary>Validates these options and returns a copy, which later changes do not affect.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal LocalKinesisOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the embedded Kinesis server", Validate());
        var copy = (LocalKinesisOptions)MemberwiseClone();
        copy._initialStreams = new(_initialStreams, StringComparer.Ordinal);
        return copy;
    }
}
