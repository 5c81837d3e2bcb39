using Kcl.Internal;

namespace Kcl.Daemon;

/// <summary>Options of a daemon that are not in its properties file.</summary>
public sealed class DaemonOptions
{
    /// <summary>Gets or sets the properties file.</summary>
    /// <value>Required.</value>
    public string PropertiesFile { get; set; } = "";

    /// <summary>
    /// Gets or sets a value indicating whether the daemon works without AWS: with the embedded server, which is started in this process if
    /// none answers, and with the leases in a SQLite file.
    /// </summary>
    /// <value>The default is false.</value>
    public bool Local { get; set; }

    /// <summary>Gets or sets the endpoint of the embedded server; used with <see cref="Local"/>.</summary>
    /// <value>The default is <c>http://127.0.0.1:4567</c>.</value>
    public Uri LocalEndpoint { get; set; } = new("http://127.0.0.1:4567");

    /// <summary>
    /// Gets or sets the folder of the leases (<c>leases.db</c>) and of the records of a server started in this process; used with
    /// <see cref="Local"/>.
    /// </summary>
    /// <value>The default is <c>.kcl-local</c> in the current directory.</value>
    public string LocalDirectory { get; set; } = ".kcl-local";

    /// <summary>
    /// Gets or sets a value indicating whether unknown keys and invalid values are ignored with a warning; Java's daemon ignores them
    /// without one.
    /// </summary>
    /// <value>The default is false: they are errors.</value>
    public bool Lenient { get; set; }

    /// <summary>Gets or sets the function that reads an environment variable.</summary>
    /// <value>The default is a function that reads the environment of the process.</value>
    public Func<string, string?> Environment { get; set; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Returns every problem of the options; empty if they are valid.</summary>
    internal IReadOnlyList<string> Validate() => new OptionsProblems()
        .NotEmpty(nameof(PropertiesFile), PropertiesFile, "Name a file in Java's .properties syntax, such as samples/sample.properties.")
        .NotNull(nameof(Environment), Environment)
        .NotEmpty(nameof(LocalDirectory), LocalDirectory)
        .NotNull(nameof(LocalEndpoint), LocalEndpoint)
        .Endpoint(nameof(LocalEndpoint), LocalEndpoint)
        .All;

    /// <summary>Validates the options and returns a copy.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal DaemonOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the daemon", Validate());
        return (DaemonOptions)MemberwiseClone();
    }
}
