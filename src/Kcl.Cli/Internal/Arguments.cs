using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Internal;

/// <summary>Parses option values. An invalid value becomes an error that names the option, the value and what is accepted.</summary>
internal static class Arguments
{
    public static StreamName Stream(ArgumentResult result) => Streams(result) is [var only] ? only : default;

    public static StreamName[] Streams(ArgumentResult result)
    {
        var names = new List<StreamName>();
        foreach (var token in result.Tokens)
        {
            try
            {
                names.Add(new(token.Value));
            }
            catch (ArgumentException)
            {
                AddError(result, token.Value, "a stream name: 1 to 128 characters of a-z, A-Z, 0-9, '_', '.' and '-'");
            }
        }

        return [.. names];
    }

    public static double? Seconds(ArgumentResult result)
    {
        if (double.TryParse(Text(result), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 86_400)
        {
            return seconds;
        }

        AddError(result, "a number of seconds above 0, at most 86400");
        return null;
    }

    public static int ShardCount(ArgumentResult result) => Integer(result, 1, 10_000, "a number of shards, 1 to 10000");

    public static int WordCount(ArgumentResult result) => Integer(result, 1, 10_000_000, "a number of words, 1 to 10000000");

    public static int? OptionalShardCount(ArgumentResult result) => ShardCount(result);

    public static string Host(ArgumentResult result)
    {
        var text = Text(result);
        if (text != "localhost" && !IPAddress.TryParse(text, out _))
        {
            AddError(result, "an IP address or 'localhost'");
        }

        return text;
    }

    public static LocalKinesisLimits Limits(ArgumentResult result)
    {
        switch (Text(result))
        {
            case "on":
                return LocalKinesisLimits.On;
            case "off":
                return LocalKinesisLimits.Off;
            case var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor)
                && factor is > 0 and <= 1_000_000:
                return LocalKinesisLimits.Scaled(factor);
            default:
                AddError(result, "'on', 'off' or a factor above 0");
                return LocalKinesisLimits.Off;
        }
    }

    /// <summary>Parses a port; 0 lets the system choose one.</summary>
    public static int Port(ArgumentResult result) => Integer(result, 0, 65_535, "a port, 0 to 65535 (0 for any free port)");

    public static Uri? Endpoint(ArgumentResult result)
    {
        if (Uri.TryCreate(Text(result), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        AddError(result, "an http:// or https:// URL");
        return null;
    }

    private static int Integer(ArgumentResult result, int min, int max, string accepted)
    {
        if (int.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        AddError(result, accepted);
        return min;
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static void AddError(ArgumentResult result, string accepted) => AddError(result, Text(result), accepted);

    private static void AddError(ArgumentResult result, string value, string accepted) =>
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name}: '{value}' is not {accepted}.");
}
