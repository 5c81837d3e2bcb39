using Amazon.Runtime;
using Kcl.Internal;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// The options of a <see cref="DynamoDbLeaseStore"/>. The store validates and copies them when it is created; later changes have no
/// effect.
/// </summary>
/// <remarks>The maximum of every duration is 2147483647 milliseconds, about 24 days.</remarks>
public sealed class DynamoDbLeaseStoreOptions
{
    private Dictionary<string, string> _tags = new(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the name of the application. By default, the lease table has this name, as in the Java KCL. The coordinator table of
    /// KCL 3.0–3.4 is named <c>&lt;name&gt;-CoordinatorState</c>.
    /// </summary>
    /// <value>Required; there is no default.</value>
    public string ApplicationName { get; set; } = "";

    /// <summary>Gets or sets the name of the lease table.</summary>
    /// <value>The default is null: the <see cref="ApplicationName"/>, as in the Java KCL.</value>
    public string? TableName { get; set; }

    /// <summary>Gets or sets the region, for example <c>eu-central-1</c>.</summary>
    /// <value>
    /// The default is null: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, the profile or the instance's metadata, as in every AWS tool;
    /// <c>us-east-1</c> for a local endpoint.
    /// </value>
    public string? Region { get; set; }

    /// <summary>Gets or sets the endpoint, for a local DynamoDB or a private one.</summary>
    /// <value>The default is null: <c>AWS_ENDPOINT_URL_DYNAMODB</c>, then <c>AWS_ENDPOINT_URL</c>, then the endpoint of the region.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the credentials.</summary>
    /// <value>
    /// The default is null: the usual chain of the SDK; placeholders for a local endpoint if neither <c>AWS_ACCESS_KEY_ID</c> nor
    /// <c>AWS_PROFILE</c> is set.
    /// </value>
    public AWSCredentials? Credentials { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether a missing table is created. If false, the table must exist, and the permission
    /// <c>dynamodb:CreateTable</c> is not needed.
    /// </summary>
    /// <value>The default is true.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>Gets or sets the capacity of a table that the store creates.</summary>
    /// <value>The default is null: on demand, as in the Java KCL since 2.x; early versions used 10 read and 10 write units.</value>
    public ProvisionedCapacity? Provisioned { get; set; }

    /// <summary>Gets or sets a value indicating whether a table that the store creates is protected from deletion.</summary>
    /// <value>The default is false.</value>
    public bool DeletionProtection { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether point-in-time recovery is turned on at every startup, as the Java KCL does. This requires
    /// the permission <c>dynamodb:UpdateContinuousBackups</c>.
    /// </summary>
    /// <value>The default is false: the table is not changed.</value>
    public bool PointInTimeRecovery { get; set; }

    /// <summary>Gets the tags of a table that the store creates.</summary>
    /// <value>The default is an empty dictionary.</value>
    public IDictionary<string, string> Tags => _tags;

    /// <summary>
    /// Gets or sets the maximum duration of one read or write of a lease. It must be well below the renewal interval (a third of the
    /// failover time), so that a stalled call leaves time for another.
    /// </summary>
    /// <value>
    /// The default is 2 seconds; it must be more than zero. A page of a scan and a call about the table itself can take five times as long.
    /// </value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the maximum time to wait at startup for the table to become usable.</summary>
    /// <value>The default is 10 minutes, as in the Java KCL; it must be more than zero.</value>
    public TimeSpan TableReadyTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets the number of segments into which a listing divides the table. The segments are read in parallel.</summary>
    /// <value>The default is 1, which is suitable for up to about ten thousand leases; the maximum is 1000.</value>
    public int ScanSegments { get; set; } = 1;

    internal string EffectiveTableName => string.IsNullOrEmpty(TableName) ? ApplicationName : TableName;

    internal IReadOnlyList<string> Validate()
    {
        var problems = new OptionsProblems()
            .NotEmpty(nameof(ApplicationName), ApplicationName, "The lease table has the same name by default.");
        if (EffectiveTableName is { Length: > 0 } table)
        {
            problems.Require(
                table.Length is >= 3 and <= 255 && !table.AsSpan().ContainsAnyExcept(TableNames.Characters),
                $"TableName (by default ApplicationName) is '{table}'; it must be 3 to 255 characters from "
                + "a-z, A-Z, 0-9, '_', '.' and '-'.");
        }

        problems
            .Region(nameof(Region), Region)
            .Endpoint(nameof(Endpoint), Endpoint)
            .PositiveDuration(nameof(RequestTimeout), RequestTimeout)
            .PositiveDuration(nameof(TableReadyTimeout), TableReadyTimeout)
            .Between(nameof(ScanSegments), ScanSegments, 1, 1000);
        if (Provisioned is { } capacity)
        {
            problems
                .AtLeast($"{nameof(Provisioned)}.{nameof(capacity.ReadUnits)}", capacity.ReadUnits, 1)
                .AtLeast($"{nameof(Provisioned)}.{nameof(capacity.WriteUnits)}", capacity.WriteUnits, 1);
        }

        return problems.All;
    }

    /// <summary>Returns a copy that later changes do not affect.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal DynamoDbLeaseStoreOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the lease store", Validate());
        var copy = (DynamoDbLeaseStoreOptions)MemberwiseClone();
        copy._tags = new(_tags, StringComparer.Ordinal);
        return copy;
    }
}
