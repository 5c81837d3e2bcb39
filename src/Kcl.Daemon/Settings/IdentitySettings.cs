using Kcl.Daemon.Credentials;
using static Kcl.Daemon.Settings.JavaCompatibility;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The settings that name the application, the stream, the services and the credentials.</summary>
internal static class IdentitySettings
{
    private const string CredentialsPrefix = "AwsCredentialsProvider";
    // The reasons for which settings are refused.
    private const string NoReflection =
        "Java's daemon sets arbitrary properties of the SDK's builders by reflection, which is not supported";
    private const string NoBean = "a credentials provider cannot be configured property by property; name the provider with";
    private static readonly SettingGroup Identity = new("Application, stream and services");

    private static readonly SettingType<StreamArn> Arn = new(
        "the ARN of a stream: arn:aws:kinesis:<region>:<12-digit account>:stream/<name>",
        static text => StreamArn.TryParse(text, out var arn) ? new(arn) : null);

    private static readonly SettingType<string> Chain = new(
        CredentialsSpecification.Accepted, static text => CredentialsSpecification.TryParse(text, out _) ? new(text) : null);

    /// <summary>Gets the settings, in the order of the documentation.</summary>
    public static IEnumerable<Setting> All =>
    [
        Identity.Applied("applicationName", Text, static d => d.Consumer.ApplicationName is { Length: > 0 } name ? name : null,
            static (d, v) => d.Consumer.ApplicationName = d.DynamoDb.ApplicationName = v,
            "The application. Its workers share the stream; the lease table has the same name.", unset: "required"),
        Identity.Applied("streamName", Text, static d => d.StreamName, static (d, v) => d.StreamName = v, "The stream.",
            unset: "required unless streamArn is set"),
        Identity.Applied("streamArn", Arn, static d => d.StreamArn, static (d, v) => d.StreamArn = v,
            "The stream, by its ARN. Takes precedence over streamName.") with
        {
            Compatibility = Differs,
            Explanation =
                "its account is used, so that a stream shared from another account can be read, and its region if regionName is not set; "
                + "Java uses only the name",
        },
        Identity.Applied("tableName", Text, static d => d.DynamoDb.TableName, static (d, v) => d.DynamoDb.TableName = v, "The lease table.",
            unset: "applicationName"),
        Identity.Applied("workerIdentifier", Text, static d => d.Consumer.WorkerId, static (d, v) => d.Consumer.WorkerId = new(v),
            "The worker's id, which must be unique among running workers.", unset: "a random UUID") with { Aliases = ["workerId"] },
        Identity.Applied("regionName", Text, static d => d.RegionName, static (d, v) => d.RegionName = v,
            "The region of Kinesis and DynamoDB.", unset: "the region of AWS_REGION, of the profile or of the instance"),
        Identity.Applied("kinesisEndpoint", Url, static d => d.Kinesis.Endpoint, static (d, v) => d.Kinesis.Endpoint = v,
            "The endpoint of Kinesis.", unset: "the endpoint of the region") with { Aliases = ["kinesisClient.endpointOverride"] },
        Identity.Applied("dynamoDBEndpoint", Url, static d => d.DynamoDb.Endpoint, static (d, v) => d.DynamoDb.Endpoint = v,
            "The endpoint of DynamoDB.", unset: "the endpoint of the region") with { Aliases = ["dynamoDbClient.endpointOverride"] },
        Identity.Applied("kinesisClient.region", Text, static d => d.Kinesis.Region, static (d, v) => d.Kinesis.Region = v,
            "The region of Kinesis.", unset: "regionName"),
        Identity.Applied("dynamoDbClient.region", Text, static d => d.DynamoDb.Region, static (d, v) => d.DynamoDb.Region = v,
            "The region of DynamoDB.", unset: "regionName"),
        Identity.WithoutEffect("cloudWatchClient.region", Text, "regionName", "The region of CloudWatch.", SettingNotes.NoCloudWatch),
        Identity.WithoutEffect("cloudWatchClient.endpointOverride", Url, "the endpoint of the region", "The endpoint of CloudWatch.",
            SettingNotes.NoCloudWatch),
        Identity.Refused("kinesisClient.*", "Other properties of Java's Kinesis client.",
            $"{NoReflection}; use kinesisClient.region and kinesisClient.endpointOverride"),
        Identity.Refused("dynamoDbClient.*", "Other properties of Java's DynamoDB client.",
            $"{NoReflection}; use dynamoDbClient.region and dynamoDbClient.endpointOverride"),
        Identity.Refused("cloudWatchClient.*", "Other properties of Java's CloudWatch client.", NoReflection),
        Identity.Refused("kinesisCredentialsProvider.*", "A credentials provider, configured property by property.",
            $"{NoBean} AwsCredentialsProvider"),
        Identity.Refused("dynamoDBCredentialsProvider.*", "A credentials provider, configured property by property.",
            $"{NoBean} AwsCredentialsProviderDynamoDB"),
        Identity.Refused("cloudWatchCredentialsProvider.*", "A credentials provider, configured property by property.",
            $"{NoBean} AwsCredentialsProviderCloudWatch"),
        Credentials(CredentialsPrefix, static d => d.Credentials, static (d, v) => d.Credentials = v,
            "The credentials for Kinesis, and for DynamoDB unless AwsCredentialsProviderDynamoDB is set.",
            "the default chain: environment, profile, web identity, container, instance"),
        Credentials($"{CredentialsPrefix}DynamoDB", static d => d.CredentialsDynamoDb, static (d, v) => d.CredentialsDynamoDb = v,
            "The credentials for DynamoDB.", CredentialsPrefix),
        Credentials($"{CredentialsPrefix}CloudWatch", static _ => null, static (_, _) => { }, "The credentials for CloudWatch.",
            CredentialsPrefix),
    ];

    private static Setting Credentials(string name, Func<SettingsDraft, object?> read, Action<SettingsDraft, string> apply, string meaning,
        string unset) =>
        Identity.Applied(name, Chain, read, apply, meaning, unset) with
        {
            Compatibility = Differs,
            Explanation = "not required; class names of SDK version 1 are accepted too, and a provider that cannot be created is reported",
            IsSecret = true,
            CaseInsensitivePrefix = CredentialsPrefix,
        };
}
