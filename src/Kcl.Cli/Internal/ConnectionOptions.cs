using System.CommandLine;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Internal;

/// <summary>The options that select Kinesis: AWS according to the environment, an endpoint, or the embedded server.</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Gets the endpoint of <c>kcl local</c> by default.</summary>
    public static Uri LocalEndpoint { get; } = new($"http://127.0.0.1:{LocalKinesisOptions.DefaultPort}");

    private readonly Option<bool> _local =
        new("--local") { Description = $"Use the embedded server at {LocalEndpoint} (start it with 'kcl local')" };
    private readonly Option<Uri?> _endpoint = new("--endpoint") { Description = "Use this Kinesis endpoint instead of the region's",
        HelpName = "URL", CustomParser = Arguments.Endpoint };
    private readonly Option<string?> _region = new("--region", "-r") { Description = "The AWS region [default: as for the AWS CLI]",
        HelpName = "REGION" };

    public void AddTo(Command command)
    {
        command.Options.Add(_local);
        command.Options.Add(_endpoint);
        command.Options.Add(_region);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_local) && result.GetResult(_endpoint) is not null)
            {
                result.AddError("--local and --endpoint name two servers; specify only one of them.");
            }
        });
    }

    /// <summary>Creates the client that the command line asks for.</summary>
    public KinesisClient Connect(CliContext context, ParseResult parsed)
    {
        var options = parsed.GetValue(_local)
            ? KinesisClientOptions.ForLocalServer(LocalEndpoint)
            : KinesisConnection.CreateOptions(parsed.GetValue(_endpoint), parsed.GetValue(_region), Environment.GetEnvironmentVariable);
        return new(options, timeProvider: context.Time, random: context.Random);
    }

    /// <summary>Returns how to fix that the embedded server does not answer.</summary>
    /// <returns>The remedy; null if the failure has another cause.</returns>
    public string? Remedy(ParseResult parsed, KinesisException failure) =>
        parsed.GetValue(_local) && failure.Code == KinesisErrorCode.Unreachable
        ? $"Nothing answers at {LocalEndpoint}. Start the embedded server with 'kcl local', or a consumer with its own with 'kcl run "
            + $"--local'."
        : null;
}
