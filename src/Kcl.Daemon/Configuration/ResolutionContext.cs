namespace Kcl.Daemon.Configuration;

/// <summary>The inputs that determine the options of a daemon in addition to its properties file.</summary>
internal sealed record ResolutionContext
{
    /// <summary>Gets the function that reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Gets the endpoint of the embedded server; null if the daemon works with AWS.</summary>
    public Uri? LocalEndpoint { get; init; }

    /// <summary>Gets the folder of the leases if the daemon works with the embedded server.</summary>
    public string LocalDirectory { get; init; } = "";

    /// <summary>Gets a value indicating whether the command of the children is required.</summary>
    public bool RequiresCommand { get; init; } = true;
}
