namespace Kcl.Daemon.Credentials;

/// <summary>
/// The syntax of <c>AwsCredentialsProvider</c>: providers separated by commas, arguments by bars
/// (multilang/config/AwsCredentialsProviderPropertyValueDecoder).
/// </summary>
internal static class CredentialsSpecification
{
    // The simple class names of both generations of Amazon's SDK for Java.
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

    // The packages of these classes. A class of the same name in another package is a different provider.
    private static readonly string[] Packages =
    [
        "software.amazon.kinesis.multilang.auth.", "software.amazon.awssdk.auth.credentials.", "software.amazon.awssdk.services.sts.auth.",
        "com.amazonaws.auth.profile.", "com.amazonaws.auth.", "com.amazonaws.services.kinesis.multilang.auth.",
    ];

    // Valid names that are not documented: aliases, and system properties, which do not exist in .NET.
    private static readonly string[] Undocumented =
    [
        "DefaultAWSCredentialsProviderChain",
        "AwsCredentialsProviderChain",
        "SystemPropertyCredentialsProvider",
        "SystemPropertiesCredentialsProvider",
        "KclSTSAssumeRoleSessionCredentialsProvider",
    ];

    /// <summary>Gets a description of the syntax.</summary>
    public static string Accepted { get; } =
        "one or several, separated by commas, of " + string.Join(", ", Kinds.Keys.Except(Undocumented))
        + ", each followed by its arguments, separated by bars: ProfileCredentialsProvider|<profile>, "
        + "ProcessCredentialsProvider|<command>, StsAssumeRoleCredentialsProvider|<role ARN>|<session name>"
        + "[|endpointRegion=<region>][|endpoint=<url>^<signing region>][|externalId=<id>]";

    /// <summary>Parses a chain of providers.</summary>
    /// <param name="text">The text.</param>
    /// <param name="chain">The providers, in the order in which they are tried.</param>
    /// <returns>True if the text is valid; otherwise, false.</returns>
    public static bool TryParse(string text, out IReadOnlyList<CredentialsProvider> chain)
    {
        var providers = new List<CredentialsProvider>();
        chain = providers;
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split('|');
            if (!Kinds.TryGetValue(GetSimpleName(parts[0]), out var kind) || !AreValidArguments(kind, parts[1..]))
            {
                return false;
            }

            providers.Add(new(kind, parts[1..]));
        }

        return providers.Count > 0;
    }

    private static string GetSimpleName(string name) =>
        Array.Find(Packages, p => name.StartsWith(p, StringComparison.Ordinal)) is { } package ? name[package.Length..] : name;

    private static bool AreValidArguments(CredentialsKind kind, string[] arguments) => kind switch
    {
        CredentialsKind.Process => arguments is [{ Length: > 0 }, ..],
        CredentialsKind.AssumeRole => arguments is [{ Length: > 0 }, { Length: > 0 }, ..] && RoleArguments.TryParse(arguments[2..], out _),
        _ => true,
    };
}
