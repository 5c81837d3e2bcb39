using Kcl.Daemon.Credentials;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>Who consumes what, as whom, and where the services are.</summary>
internal static class IdentitySettings
{
    private const string NoReflection = "Java sets any property of its SDK's builders by reflection, which means nothing here";
    private static readonly SettingGroup Identity = new("Application, stream and services");

    public static IEnumerable<Setting> All =>
    [
        Identity.Same("applicationName", Text, "required", "The application. Its workers share the stream; the lease table is named after it.", static (d, v) => d.Consumer.ApplicationName = d.DynamoDb.ApplicationName = v),
        Identity.Same("streamName", Text, "required unless streamArn is set", "The stream.", static (d, v) => d.StreamName = v),
        Identity.Better("streamArn", new SettingType<StreamArn>("the ARN of a stream: arn:aws:kinesis:<region>:<12-digit account>:stream/<name>", static text => Kcl.StreamArn.TryParse(text, out var arn) ? new(arn) : null), "none",
            "The stream, by its ARN; goes before streamName.", "its account is used, so that a stream shared from another account can be read, and its region where regionName is absent; Java takes the name alone",
            static (d, v) => d.StreamArn = v),
        Identity.Same("tableName", Text, "applicationName", "The lease table.", static (d, v) => d.DynamoDb.TableName = v),
        Identity.Same("workerIdentifier", Text, "a random UUID", "This worker's id; must differ between running workers.", static (d, v) => d.Consumer.WorkerId = string.IsNullOrEmpty(v) ? null : new WorkerId(v)) with { Aliases = ["workerId"] },
        Identity.Same("regionName", Text, "AWS_REGION, the profile's or the instance's", "The region of Kinesis and DynamoDB.", static (d, v) => d.RegionName = v),
        Identity.Same("kinesisEndpoint", Url, "the region's", "Where Kinesis is.", static (d, v) => d.Kinesis.Endpoint = v) with { Aliases = ["kinesisClient.endpointOverride"] },
        Identity.Same("dynamoDBEndpoint", Url, "the region's", "Where DynamoDB is.", static (d, v) => d.DynamoDb.Endpoint = v) with { Aliases = ["dynamoDbClient.endpointOverride"] },
        Identity.Same("kinesisClient.region", Text, "regionName", "The region of Kinesis.", static (d, v) => d.Kinesis.Region = v),
        Identity.Same("dynamoDbClient.region", Text, "regionName", "The region of DynamoDB.", static (d, v) => d.DynamoDb.Region = v),
        Identity.WithoutEffect("cloudWatchClient.region", Text, "regionName", "The region of CloudWatch.", LeaseSettings.NoCloudWatch),
        Identity.WithoutEffect("cloudWatchClient.endpointOverride", Url, "the region's", "Where CloudWatch is.", LeaseSettings.NoCloudWatch),
        Identity.Refused("kinesisClient.*", "Other properties of Java's Kinesis client.", $"{NoReflection}; there are kinesisClient.region and kinesisClient.endpointOverride"),
        Identity.Refused("dynamoDbClient.*", "Other properties of Java's DynamoDB client.", $"{NoReflection}; there are dynamoDbClient.region and dynamoDbClient.endpointOverride"),
        Identity.Refused("cloudWatchClient.*", "Other properties of Java's CloudWatch client.", NoReflection),
        Identity.Refused("kinesisCredentialsProvider.*", "A credentials provider, built property by property.", "name the provider with AwsCredentialsProvider"),
        Identity.Refused("dynamoDBCredentialsProvider.*", "A credentials provider, built property by property.", "name the provider with AwsCredentialsProviderDynamoDB"),
        Identity.Refused("cloudWatchCredentialsProvider.*", "A credentials provider, built property by property.", "name the provider with AwsCredentialsProviderCloudWatch"),
        Credentials("AwsCredentialsProvider", "The credentials for Kinesis, and for DynamoDB where it has none of its own.", "the default chain: environment, profile, web identity, container, instance", static (d, v) => d.Credentials = v),
        Credentials("AwsCredentialsProviderDynamoDB", "The credentials for DynamoDB.", "AwsCredentialsProvider", static (d, v) => d.CredentialsDynamoDb = v),
        Credentials("AwsCredentialsProviderCloudWatch", "The credentials for CloudWatch.", "AwsCredentialsProvider", static (_, _) => { }),
    ];

    private static Setting Credentials(string name, string meaning, string @default, Action<SettingsDraft, string> apply) =>
        Identity.Better(name, CredentialsSpecification.Type, @default, meaning, "not required; SDK v1 names are understood too, and a provider that cannot be built is reported", apply) with { IsSecret = true, AnyCase = true };
}
