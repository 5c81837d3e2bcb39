using Amazon.Runtime;

namespace Kcl.Leases.DynamoDb;

/// <summary>Where a <see cref="DynamoDbLeaseStore"/> keeps its leases, and how it talks to DynamoDB. The store reads a frozen copy; later changes do not reach it.</summary>
public sealed class DynamoDbLeaseStoreOptions
{
    /// <summary>Gets or sets the application's name. Java names the lease table after it, and the 3.0–3.4 coordinator table <c>&lt;name&gt;-CoordinatorState</c>.</summary>
    /// <value>Required.</value>
    public string ApplicationName { get; set; } = "";

    /// <summary>Gets or sets the lease table's name.</summary>
    /// <value>The default is null: <see cref="ApplicationName"/>, as in the Java KCL.</value>
    public string? TableName { get; set; }

    /// <summary>Gets or sets the region, for example <c>eu-central-1</c>.</summary>
    /// <value>The default is null: <c>AWS_REGION</c>, the profile or the instance's metadata, as in every AWS tool; <c>us-east-1</c> for a local endpoint.</value>
    public string? Region { get; set; }

    /// <summary>Gets or sets the endpoint, for a local DynamoDB or a private one.</summary>
    /// <value>The default is null: <c>AWS_ENDPOINT_URL_DYNAMODB</c>, then <c>AWS_ENDPOINT_URL</c>, then the region's own endpoint.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the credentials.</summary>
    /// <value>The default is null: the SDK's usual chain; made-up ones for a local endpoint where neither <c>AWS_ACCESS_KEY_ID</c> nor <c>AWS_PROFILE</c> is set.</value>
    public AWSCredentials? Credentials { get; set; }

    /// <summary>Gets or sets whether a missing table is created. When false the table must exist and the right <c>dynamodb:CreateTable</c> is not needed.</summary>
    /// <value>The default is true.</value>
    public bool CreateTable { get; set; } = true;

    /// <summary>Gets or sets the capacity of a table created here.</summary>
    /// <value>The default is null: on demand. The Java KCL's provisioned default is 10 read and 10 write units.</value>
    public ProvisionedCapacity? Provisioned { get; set; }

    /// <summary>Gets or sets whether a table created here is protected from deletion.</summary>
    /// <value>The default is false.</value>
    public bool DeletionProtection { get; set; }

    /// <summary>Gets or sets whether point-in-time recovery is switched on. Asked for at every start, as the Java KCL does; needs <c>dynamodb:UpdateContinuousBackups</c>.</summary>
    /// <value>The default is false: left as it is.</value>
    public bool PointInTimeRecovery { get; set; }

    /// <summary>Gets the tags of a table created here.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets or sets how long one read or write of a lease may take. It must stay well under the renewal interval (a third of the failover time), so that a stalled call leaves time for another.</summary>
    /// <value>The default is 2 seconds. A page of a scan may take five times as long, as may a call about the table itself.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a start waits for the table to become usable.</summary>
    /// <value>The default is 10 minutes, as in the Java KCL.</value>
    public TimeSpan TableReadyTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets into how many segments a listing divides the table, to read them in parallel.</summary>
    /// <value>The default is 1, which is right up to some ten thousand leases. 1 to 1000.</value>
    public int ScanSegments { get; set; } = 1;

    internal string EffectiveTableName => string.IsNullOrEmpty(TableName) ? ApplicationName : TableName;

    internal DynamoDbLeaseStoreOptions Freeze()
    {
        List<string> problems = [];
        if (ApplicationName.Length == 0)
        {
            problems.Add("ApplicationName is empty: name the application; its lease table is called the same.");
        }

        if (EffectiveTableName is { Length: > 0 } table && (table.Length is < 3 or > 255 || table.AsSpan().ContainsAnyExcept(TableNames.Characters)))
        {
            problems.Add($"The table name '{table}' (TableName, or else ApplicationName) is not one DynamoDB accepts: 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'.");
        }

        if (RequestTimeout <= TimeSpan.Zero)
        {
            problems.Add($"RequestTimeout is {RequestTimeout}: it must be positive, and well under a third of the failover time.");
        }

        if (TableReadyTimeout <= TimeSpan.Zero)
        {
            problems.Add($"TableReadyTimeout is {TableReadyTimeout}: it must be positive.");
        }

        if (ScanSegments is < 1 or > 1000)
        {
            problems.Add($"ScanSegments is {ScanSegments}: 1 to 1000 are accepted.");
        }

        if (Provisioned is { } capacity && (capacity.ReadUnits < 1 || capacity.WriteUnits < 1))
        {
            problems.Add($"Provisioned is {capacity.ReadUnits} read and {capacity.WriteUnits} write units: both must be at least 1.");
        }

        return problems.Count == 0 ? (DynamoDbLeaseStoreOptions)MemberwiseClone() : throw new ConfigurationException(string.Join(Environment.NewLine, problems));
    }
}

/// <summary>The provisioned capacity of a table.</summary>
/// <param name="ReadUnits">Read units per second, at least 1; by default 10, as in the Java KCL.</param>
/// <param name="WriteUnits">Write units per second, at least 1; by default 10, as in the Java KCL. A held lease takes about 0.3.</param>
public sealed record ProvisionedCapacity(long ReadUnits = 10, long WriteUnits = 10);
