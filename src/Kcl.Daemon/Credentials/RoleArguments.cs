namespace Kcl.Daemon.Credentials;

/// <summary>The optional arguments of an assumed role, which follow its ARN and session name.</summary>
/// <param name="Region">The region of STS.</param>
/// <param name="Endpoint">The endpoint of STS; requests to it are signed for <paramref name="Region"/>.</param>
/// <param name="ExternalId">The external id that the role requires; null if it requires none.</param>
internal sealed record RoleArguments(string? Region, Uri? Endpoint, string? ExternalId)
{
    /// <summary>Parses <c>key=value</c> arguments. If a key is repeated, the last value is used.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="result">The parsed arguments.</param>
    /// <returns>True if all arguments are valid; otherwise, false.</returns>
    public static bool TryParse(IEnumerable<string> arguments, out RoleArguments result)
    {
        result = new(null, null, null);
        foreach (var argument in arguments)
        {
            if (argument.Split('=', 2, StringSplitOptions.TrimEntries) is not [var key, { Length: > 0 } value])
            {
                return false;
            }

            switch (key)
            {
                case "endpointRegion":
                    result = result with { Region = value };
                    break;
                case "externalId":
                    result = result with { ExternalId = value };
                    break;
                case "endpoint" when value.Split('^') is [{ Length: > 0 } url, { Length: > 0 } region]
                    && Uri.TryCreate(url.Contains("://", StringComparison.Ordinal) ? url : $"https://{url}", UriKind.Absolute,
                        out var endpoint):
                    result = result with { Endpoint = endpoint, Region = region };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
