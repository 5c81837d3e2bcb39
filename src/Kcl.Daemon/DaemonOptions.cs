namespace Kcl.Daemon;

/// <summary>What a command line says about a daemon, beside its properties file.</summary>
public sealed class DaemonOptions
{
    /// <summary>Gets or sets the properties file.</summary>
    /// <value>Required.</value>
    public string PropertiesFile { get; set; } = "";

    /// <summary>Gets or sets whether everything is on this machine: the embedded server, started here if none answers, a SQLite file for the leases, and no credentials.</summary>
    /// <value>The default is false.</value>
    public bool Local { get; set; }

    /// <summary>Gets or sets where the embedded server is, or is to be, with <see cref="Local"/>.</summary>
    /// <value>The default is <c>http://127.0.0.1:4567</c>.</value>
    public Uri LocalEndpoint { get; set; } = new("http://127.0.0.1:4567");

    /// <summary>Gets or sets the folder of what is kept with <see cref="Local"/>: <c>leases.db</c>, and the records of a server that is started here.</summary>
    /// <value>The default is <c>.kcl-local</c> in the current directory.</value>
    public string LocalDirectory { get; set; } = ".kcl-local";

    /// <summary>Gets or sets whether unknown keys and values that cannot be read are warned about and ignored, as Java's daemon does silently.</summary>
    /// <value>The default is false: they are errors.</value>
    public bool Lenient { get; set; }

    /// <summary>Gets or sets where environment variables come from.</summary>
    /// <value>The default is the process's environment.</value>
    public Func<string, string?> Environment { get; set; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Whether only the application's leases are wanted: the program of its shards need not be there then.</summary>
    internal bool LeasesOnly { get; set; }
}
