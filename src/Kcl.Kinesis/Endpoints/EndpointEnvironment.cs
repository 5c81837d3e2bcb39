using Amazon.Runtime.CredentialManagement;

namespace Kcl.Kinesis.Endpoints;

/// <summary>Completes what the options leave open from the environment and the profile, in the order every AWS SDK keeps: options, service variable, general variable, profile.</summary>
internal static class EndpointEnvironment
{
    /// <summary>Works out the settings.</summary>
    /// <param name="options">The options.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="profile">The profile in use, where there is one.</param>
    /// <exception cref="ConfigurationException">A variable is not what it has to be.</exception>
    public static EndpointSettings Complete(KinesisClientOptions options, Func<string, string?> variable, ProfileSettings profile)
    {
        var fips = options.UseFipsEndpoint ?? Flag(variable, "AWS_USE_FIPS_ENDPOINT") ?? profile.UseFips ?? false;
        var dualStack = options.UseDualStackEndpoint ?? Flag(variable, "AWS_USE_DUALSTACK_ENDPOINT") ?? profile.UseDualStack ?? false;
        var ignored = Flag(variable, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? profile.IgnoreEndpointUrl ?? false;
        var endpoint = options.Endpoint is { } own ? Checked(own.OriginalString, "The endpoint of the options")
            : ignored ? null
            : Url(variable, "AWS_ENDPOINT_URL_KINESIS") ?? Url(variable, "AWS_ENDPOINT_URL") ?? (profile.EndpointUrl is { Length: > 0 } url ? Checked(url, "The profile's endpoint_url") : null);
        var region = First(options.Region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"), profile.Region);
        return new(endpoint, region, fips, dualStack, options.UseAccountEndpoints);
    }

    /// <summary>Reads the settings of the profile in use.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static ProfileSettings ReadProfile(Func<string, string?> variable)
    {
        var name = First(variable("AWS_PROFILE")) ?? "default";
        return new CredentialProfileStoreChain().TryGetProfile(name, out var profile)
            ? new(profile.Region?.SystemName, profile.EndpointUrl, profile.UseFIPSEndpoint, profile.UseDualstackEndpoint, profile.IgnoreConfiguredEndpointUrls)
            : new();
    }

    private static bool? Flag(Func<string, string?> variable, string name) => variable(name) switch
    {
        null or "" => null,
        var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        var text => throw new ConfigurationException($"The environment variable {name} is '{text}': it has to be true or false."),
    };

    private static Uri? Url(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } text ? Checked(text, $"The environment variable {name}") : null;

    private static Uri Checked(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new ConfigurationException($"{what} is '{text}': it has to be an http or https URL, for example http://localhost:4567.");

    private static string? First(params ReadOnlySpan<string?> candidates)
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
