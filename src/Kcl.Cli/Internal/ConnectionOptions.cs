using System.CommandLine;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Internal;

/// <summary>The options that select Kinesis: AWS according to the environment, an endpoint, or the embedded server.</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Gets the default endpoint of <c>kcl local</c>.</summary>
    public static Uri LocalEndpoint { get; } = new($"http://127.0.0.1:{LocalKinesisOptions.DefaultPort}");

    private readonly Option<bool> _local = new("--local")
    {
        Description = $"Use the embedded Kinesis at {LocalEndpoint}; start it with 'kcl local'",
    };

    private readonly Option<Uri?> _endpoint = new("--endpoint")
    {
        Description = "The endpoint of Kinesis [default: the endpoint of the region]",
        HelpName = "URL",
        CustomParser = Arguments.ParseEndpoint,
    };

    private readonly Option<string?> _region = new("--region", "-r")
    {
        Description = "The AWS region [default: the region of the AWS environment or profile]",
        HelpName = "REGION",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_local);
        command.Options.Add(_endpoint);
        command.Options.Add(_region);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_local) && result.GetResult(_endpoint) is not null)
            {
                result.AddError("--local and --endpoint select different servers; specify only one of them.");
            }
        });
    }

    /// <summary>Creates the client that the command line selects.</summary>
    public KinesisClient Connect(CliContext context, ParseResult parsed)
    {
        var options = parsed.GetValue(_local)
            ? KinesisClientOptions.ForLocalServer(LocalEndpoint)
            : KinesisConnection.CreateOptions(parsed.GetValue(_endpoint), parsed.GetValue(_region), Environment.GetEnvironmentVariable);
        return new(options, timeProvider: context.Time, random: context.Random);
    }

    /// <summary>Returns a message that says how to fix a failure, if its cause is that the embedded server is not running.</summary>
    /// <returns>The message; null if the failure has another cause.</returns>
    public string? GetRemedy(ParseResult parsed, KinesisException failure) =>
        parsed.GetValue(_local) && failure.Code == KinesisErrorCode.Unreachable
            ? $"No server answers at {LocalEndpoint}. Start the embedded Kinesis with 'kcl local', or start it together with a consumer "
                + "with 'kcl run --local'."
            : null;
}
