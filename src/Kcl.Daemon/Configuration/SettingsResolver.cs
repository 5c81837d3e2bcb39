using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Credentials;
using Kcl.Daemon.Settings;
using Kcl.Kinesis;
using Kcl.Kinesis.Endpoints;

namespace Kcl.Daemon.Configuration;

/// <summary>
/// Decides what depends on several settings: which stream, region, credentials and retrieval mode a daemon uses. The result depends only
/// on the arguments; neither the disk nor the network is used.
/// </summary>
internal sealed class SettingsResolver
{
    // The samples of Amazon's client libraries contain a stream of this account. Users leave it there, since Java uses only the name.
    private const string PlaceholderAccount = "000000000000";

    private readonly SettingsReading _reading;
    private readonly SettingsDraft _draft;
    private readonly ResolutionContext _context;
    private readonly SettingsReport _report;

    private SettingsResolver(SettingsReading reading, ResolutionContext context, SettingsReport report)
    {
        _reading = reading;
        _draft = reading.Draft;
        _context = context;
        _report = report;
    }

    /// <summary>Resolves the settings.</summary>
    /// <param name="reading">The settings that were read. Their draft is completed and becomes part of the result.</param>
    /// <param name="context">The other inputs that determine the options.</param>
    /// <param name="report">Receives the problems and warnings.</param>
    /// <returns>The options; not usable if there are problems.</returns>
    public static ResolvedSettings Resolve(SettingsReading reading, ResolutionContext context, SettingsReport report) =>
        new SettingsResolver(reading, context, report).Resolve();

    private ResolvedSettings Resolve()
    {
        Require("applicationName", _draft.Consumer.ApplicationName,
            "the name of the application, which is also the name of its lease table");
        ResolveStream();
        _draft.Consumer.Stream.InitialPosition = ResolveInitialPosition();
        _draft.Consumer.RetrievalMode = ResolveRetrievalMode();
        _draft.Kinesis.Region ??= _draft.RegionName;
        _draft.DynamoDb.Region ??= _draft.RegionName;
        _draft.Kinesis.Encoding = IsCborDisabled() ? KinesisEncoding.Json : _draft.Kinesis.Encoding;
        if (_context.LocalEndpoint is { } endpoint)
        {
            UseLocalServer(endpoint);
        }
        else
        {
            ResolveCredentials();
        }

        if (_context.RequiresCommand)
        {
            ResolveCommand();
        }

        return new()
        {
            Consumer = _draft.Consumer,
            Kinesis = _draft.Kinesis,
            DynamoDb = _draft.DynamoDb,
            SqliteFile = ResolveSqliteFile(),
            Child = _draft.Child,
        };
    }

    private void ResolveStream()
    {
        if (_draft.StreamArn is { AccountId: PlaceholderAccount } placeholder)
        {
            _draft.Consumer.Stream.Identifier = placeholder.StreamName;
            if (_context.LocalEndpoint is null)
            {
                _report.AddFileWarning(
                    $"streamArn = {placeholder}: there is no account {PlaceholderAccount}; only the name of the stream is used.");
            }
        }
        else if (_draft.StreamArn is { } arn)
        {
            ResolveStream(arn);
        }
        else if (_draft.StreamName is { } name)
        {
            try
            {
                _draft.Consumer.Stream.Identifier = new StreamName(name);
            }
            catch (ArgumentException e)
            {
                _report.AddProblem($"streamName = {name} is not valid: {e.Message}");
            }
        }
        else
        {
            Require("streamName", null, "the name of the stream, or set streamArn to its ARN");
        }
    }

    private void ResolveStream(StreamArn arn)
    {
        _draft.Consumer.Stream.Identifier = _context.LocalEndpoint is null ? arn : arn.StreamName;
        _draft.RegionName ??= arn.Region;
        if (_draft.RegionName != arn.Region)
        {
            _report.AddFileWarning(
                $"regionName is {_draft.RegionName}, but streamArn is in {arn.Region}; Kinesis is called in {arn.Region}.");
            _draft.Kinesis.Region ??= arn.Region;
        }
    }

    private InitialPosition ResolveInitialPosition()
    {
        if (_draft is { InitialPosition: not null, InitialTimestamp: not null })
        {
            _report.AddProblem(
                "initialPositionInStream and initialPositionInStreamExtended are both set, and it is undefined which one "
                + "Java uses; remove one of them.");
        }

        return _draft.InitialTimestamp is { } timestamp
            ? InitialPosition.AtTimestamp(timestamp)
            : _draft.InitialPosition ?? _draft.Consumer.Stream.InitialPosition;
    }

    private RetrievalMode ResolveRetrievalMode()
    {
        var selectsPolling = _context.LocalEndpoint is not null || RetrievalSettings.SelectPolling.Any(IsGivenAndNotZero);
        return _draft.RetrievalMode ?? (selectsPolling ? RetrievalMode.Polling : RetrievalMode.FanOutOrPolling);
    }

    private bool IsGivenAndNotZero(string key) => _reading.FindGiven(key) is not (null or "0");

    /// <summary>
    /// Returns whether the variables that the AWS SDKs for Java read select JSON. Users set them for emulators without CBOR.
    /// </summary>
    private bool IsCborDisabled() =>
        string.Equals(_context.Environment("AWS_CBOR_DISABLE"), "true", StringComparison.OrdinalIgnoreCase)
        || string.Equals(_context.Environment("CBOR_ENABLED"), "false", StringComparison.OrdinalIgnoreCase);

    private void UseLocalServer(Uri endpoint)
    {
        _draft.Kinesis.Endpoint = endpoint;
        _draft.Kinesis.Region = LocalEndpointPolicy.DefaultRegion;
        _draft.Kinesis.SignRequests = false;
    }

    private void ResolveCredentials()
    {
        var kinesis = _draft.Kinesis;
        kinesis.Credentials = CredentialsFactory.Create(_draft.Credentials, _draft.RegionName);
        _draft.DynamoDb.Credentials = CredentialsFactory.Create(_draft.CredentialsDynamoDb ?? _draft.Credentials, _draft.RegionName);
        kinesis.SignRequests = LocalEndpointPolicy.NeedsCredentials(kinesis.Endpoint, kinesis.Credentials is not null,
            _context.Environment);
        if (!kinesis.SignRequests)
        {
            kinesis.Region ??= LocalEndpointPolicy.DefaultRegion;
        }
    }

    private void ResolveCommand()
    {
        if (_draft.ExecutableName is not { } text)
        {
            Require("executableName", null, "the command to run for each shard");
        }
        else if (CommandLine.TrySplit(text, out var words, out var problem))
        {
            _draft.Child.Command = new(words[0], [.. words.Skip(1)], _draft.WorkingDirectory);
        }
        else
        {
            _report.AddProblem($"executableName = {text} is not valid: {problem}.");
        }
    }

    private string? ResolveSqliteFile()
    {
        if (_draft.LeaseStore is { } store && store.StartsWith(SettingsDraft.SqliteScheme, StringComparison.Ordinal))
        {
            return store[SettingsDraft.SqliteScheme.Length..];
        }

        return _context.LocalEndpoint is null ? null : Path.Combine(_context.LocalDirectory, "leases.db");
    }

    private void Require(string key, string? value, string meaning)
    {
        // A value that was given but is not valid has already been reported.
        if (string.IsNullOrEmpty(value) && _reading.FindGiven(key) is null)
        {
            _report.AddProblem($"{key} is missing: set it to {meaning}.");
        }
    }
}
