using Kcl.Daemon.Settings;

namespace Kcl.Daemon.Credentials;

/// <summary>Where credentials come from.</summary>
internal enum CredentialsKind
{
    Default,
    Environment,
    SystemProperties,
    Profile,
    WebIdentity,
    Container,
    Instance,
    ContainerOrInstance,
    Process,
    Anonymous,
    AssumeRole,
}

/// <summary>One provider of a chain: <c>Name|argument|argument</c>.</summary>
/// <param name="Kind">Where its credentials come from.</param>
/// <param name="Arguments">Its arguments, as written.</param>
internal sealed record CredentialsProvider(CredentialsKind Kind, IReadOnlyList<string> Arguments);

/// <summary>The syntax of <c>AwsCredentialsProvider</c> (multilang/config/AwsCredentialsProviderPropertyValueDecoder): providers separated by commas, arguments by bars.</summary>
internal static class CredentialsSpecification
{
    // By the simple names of both generations of Amazon's SDK for Java.
    private static readonly Dictionary<string, CredentialsKind> Kinds = new(StringComparer.Ordinal)
    {
        ["DefaultCredentialsProvider"] = CredentialsKind.Default,
        ["DefaultAWSCredentialsProviderChain"] = CredentialsKind.Default,
        ["AwsCredentialsProviderChain"] = CredentialsKind.Default,
        ["EnvironmentVariableCredentialsProvider"] = CredentialsKind.Environment,
        ["SystemPropertyCredentialsProvider"] = CredentialsKind.SystemProperties,
        ["SystemPropertiesCredentialsProvider"] = CredentialsKind.SystemProperties,
        ["ProfileCredentialsProvider"] = CredentialsKind.Profile,
        ["WebIdentityTokenFileCredentialsProvider"] = CredentialsKind.WebIdentity,
        ["WebIdentityTokenCredentialsProvider"] = CredentialsKind.WebIdentity,
        ["ContainerCredentialsProvider"] = CredentialsKind.Container,
        ["InstanceProfileCredentialsProvider"] = CredentialsKind.Instance,
        ["EC2ContainerCredentialsProviderWrapper"] = CredentialsKind.ContainerOrInstance,
        ["ProcessCredentialsProvider"] = CredentialsKind.Process,
        ["AnonymousCredentialsProvider"] = CredentialsKind.Anonymous,
        ["StsAssumeRoleCredentialsProvider"] = CredentialsKind.AssumeRole,
        ["KclStsAssumeRoleCredentialsProvider"] = CredentialsKind.AssumeRole,
        ["KclSTSAssumeRoleSessionCredentialsProvider"] = CredentialsKind.AssumeRole,
        ["STSAssumeRoleSessionCredentialsProvider"] = CredentialsKind.AssumeRole,
    };

    // Where these classes live; a class of the same name elsewhere is somebody's own.
    private static readonly string[] Packages =
    [
        "software.amazon.kinesis.multilang.auth.", "software.amazon.awssdk.auth.credentials.", "software.amazon.awssdk.services.sts.auth.",
        "com.amazonaws.auth.profile.", "com.amazonaws.auth.", "com.amazonaws.services.kinesis.multilang.auth.",
    ];

    public static SettingType<string> Type { get; } = new(
        "one or several, separated by commas, of " + string.Join(", ", Kinds.Keys.Where(k => k is not ("DefaultAWSCredentialsProviderChain" or "AwsCredentialsProviderChain" or "SystemPropertyCredentialsProvider" or "SystemPropertiesCredentialsProvider" or "KclSTSAssumeRoleSessionCredentialsProvider")))
        + ", each with its arguments behind bars: ProfileCredentialsProvider|<profile>, ProcessCredentialsProvider|<command>, StsAssumeRoleCredentialsProvider|<role ARN>|<session name>[|endpointRegion=<region>][|endpoint=<url>^<signing region>][|externalId=<id>]",
        static text => TryParse(text, out _) ? new(text) : null);

    /// <summary>Reads a chain.</summary>
    public static bool TryParse(string text, out IReadOnlyList<CredentialsProvider> chain)
    {
        var providers = new List<CredentialsProvider>();
        chain = providers;
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split('|');
            if (!Kinds.TryGetValue(SimpleName(parts[0]), out var kind) || !AreAcceptable(kind, parts[1..]))
            {
                return false;
            }

            providers.Add(new(kind, parts[1..]));
        }

        return providers.Count > 0;
    }

    private static string SimpleName(string name) => Array.Find(Packages, p => name.StartsWith(p, StringComparison.Ordinal)) is { } package ? name[package.Length..] : name;

    private static bool AreAcceptable(CredentialsKind kind, string[] arguments) => kind switch
    {
        CredentialsKind.Process => arguments is [{ Length: > 0 }, ..],
        CredentialsKind.AssumeRole => arguments is [{ Length: > 0 }, { Length: > 0 }, ..] && RoleOptions.TryParse(arguments[2..], out _),
        _ => true,
    };
}

/// <summary>The nested arguments of an assumed role.</summary>
/// <param name="Region">The region of STS.</param>
/// <param name="Endpoint">The endpoint of STS, which then is signed for <paramref name="Region"/>.</param>
/// <param name="ExternalId">The external id.</param>
internal sealed record RoleOptions(string? Region, Uri? Endpoint, string? ExternalId)
{
    /// <summary>Reads <c>key=value</c> arguments, of which the last of each wins.</summary>
    public static bool TryParse(IEnumerable<string> arguments, out RoleOptions options)
    {
        options = new(null, null, null);
        foreach (var argument in arguments)
        {
            if (argument.Split('=', 2, StringSplitOptions.TrimEntries) is not [var key, { Length: > 0 } value])
            {
                return false;
            }

            switch (key)
            {
                case "endpointRegion":
                    options = options with { Region = value };
                    break;
                case "externalId":
                    options = options with { ExternalId = value };
                    break;
                case "endpoint" when value.Split('^') is [{ Length: > 0 } url, { Length: > 0 } region]
                    && Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : $"https://{url}", UriKind.Absolute, out var endpoint):
                    options = options with { Endpoint = endpoint, Region = region };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
