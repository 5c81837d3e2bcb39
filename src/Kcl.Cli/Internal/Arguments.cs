using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Kcl.Internal;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Internal;

/// <summary>Parses option values. An invalid value is an error that names the option, the value and the accepted values.</summary>
internal static class Arguments
{
    public static StreamName ParseStream(ArgumentResult result) => ParseStreams(result) is [var only] ? only : default;

    public static StreamName[] ParseStreams(ArgumentResult result)
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

    /// <summary>Describes an option that a command does not have, and suggests one with a similar name.</summary>
    public static string DescribeUnknownOption(string option, Command command)
    {
        var (name, distance) = command.Options.Select(known => (known.Name, Distance: EditDistance.Between(known.Name, option)))
            .MinBy(static known => known.Distance);
        return $"There is no option {option}." + (distance <= Math.Max(1, option.Length / 4) ? $" Did you mean {name}?" : "");
    }

    public static double? ParseSeconds(ArgumentResult result)
    {
        if (double.TryParse(GetText(result), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 86_400)
        {
            return seconds;
        }

        AddError(result, "a number of seconds above 0, at most 86400");
        return null;
    }

    public static int ParseShardCount(ArgumentResult result) => ParseInteger(result, 1, 10_000, "a number of shards, 1 to 10000");

    public static int ParseWordCount(ArgumentResult result) => ParseInteger(result, 1, 10_000_000, "a number of words, 1 to 10000000");

    public static int? ParseOptionalShardCount(ArgumentResult result) => ParseShardCount(result);

    public static string ParseHost(ArgumentResult result)
    {
        var text = GetText(result);
        if (text != "localhost" && !IPAddress.TryParse(text, out _))
        {
            AddError(result, "an IP address or 'localhost'");
        }

        return text;
    }

    public static LocalKinesisLimits ParseLimits(ArgumentResult result)
    {
        switch (GetText(result))
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
    public static int ParsePort(ArgumentResult result) => ParseInteger(result, 0, 65_535, "a port, 0 to 65535 (0 for any free port)");

    public static Uri? ParseEndpoint(ArgumentResult result)
    {
        if (Uri.TryCreate(GetText(result), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        AddError(result, "an http:// or https:// URL");
        return null;
    }

    private static int ParseInteger(ArgumentResult result, int min, int max, string accepted)
    {
        if (int.TryParse(GetText(result), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        AddError(result, accepted);
        return min;
    }

    private static string GetText(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static void AddError(ArgumentResult result, string accepted) => AddError(result, GetText(result), accepted);

    private static void AddError(ArgumentResult result, string value, string accepted) =>
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name}: '{value}' is not {accepted}.");
}
