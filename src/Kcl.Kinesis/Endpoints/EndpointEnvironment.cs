using Amazon.Runtime.CredentialManagement;

namespace Kcl.Kinesis.Endpoints;

/// <summary>
/// Completes the options with settings of the environment and the profile, in the order of all AWS SDKs: options, variable of the service,
/// general variable, profile.
/// </summary>
internal static class EndpointEnvironment
{
    /// <summary>Returns the complete settings.</summary>
    /// <param name="options">The options.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="profile">The profile in use; empty if there is none.</param>
    /// <exception cref="ConfigurationException">A variable is not valid.</exception>
    public static EndpointSettings Complete(KinesisClientOptions options, Func<string, string?> variable, ProfileSettings profile)
    {
        var fips = options.UseFipsEndpoint ?? GetFlag(variable, "AWS_USE_FIPS_ENDPOINT") ?? profile.UseFips ?? false;
        var dualStack = options.UseDualStackEndpoint ?? GetFlag(variable, "AWS_USE_DUALSTACK_ENDPOINT") ?? profile.UseDualStack ?? false;
        var ignored = GetFlag(variable, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? profile.IgnoreEndpointUrl ?? false;
        var endpoint = options.Endpoint ?? (ignored ? null : GetUrl(variable, "AWS_ENDPOINT_URL_KINESIS")
            ?? GetUrl(variable, "AWS_ENDPOINT_URL")
            ?? (profile.EndpointUrl is { Length: > 0 } url ? ParseUrl(url, "The profile's endpoint_url") : null));
        var region = GetFirst(options.Region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"), profile.Region);
        return new(endpoint, region, fips, dualStack, options.UseAccountEndpoints);
    }

    /// <summary>Reads the settings of the profile in use.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static ProfileSettings ReadProfile(Func<string, string?> variable)
    {
        var name = GetFirst(variable("AWS_PROFILE")) ?? "default";
        return new CredentialProfileStoreChain().TryGetProfile(name, out var profile)
            ? new(
                profile.Region?.SystemName,
                profile.EndpointUrl,
                profile.UseFIPSEndpoint,
                profile.UseDualstackEndpoint,
                profile.IgnoreConfiguredEndpointUrls)
            : new();
    }

    private static bool? GetFlag(Func<string, string?> variable, string name) => variable(name) switch
    {
        null or "" => null,
        var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        var text => throw new ConfigurationException($"The environment variable {name} is '{text}'; it must be true or false."),
    };

    private static Uri? GetUrl(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } text ? ParseUrl(text, $"The environment variable {name}") : null;

    private static Uri ParseUrl(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new ConfigurationException($"{what} is '{text}'; it must be an http or https URL, for example http://localhost:4567.");

    private static string? GetFirst(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
