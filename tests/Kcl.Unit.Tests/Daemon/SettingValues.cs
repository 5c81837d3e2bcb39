namespace Kcl.Unit.Tests.Daemon;

/// <summary>Provides a valid and an invalid value for every row of the table of settings.</summary>
internal static class SettingValues
{
    private const string Text = "some text";

    public static IReadOnlyDictionary<string, (string? Good, string? Bad)> All { get; } = Rows().ToDictionary(
        r => r.Name,
        r => (r.Good, r.Bad),
        StringComparer.Ordinal);

    private static IEnumerable<(string Name, string? Good, string? Bad)> Rows() =>
    [
        ("executableName", "python3 app.py", ""), ("processingLanguage", "python/3.11", ""), (
            "maxActiveThreads",
            "4",
            "abc"), ("timeoutInSeconds", "60", "0"), ("shutdownGraceMillis", "5000", "-1"),
        ("validateSequenceNumberBeforeCheckpointing", "true", "maybe"), (
            "childStartupTimeoutInSeconds",
            "0",
            "soon"), ("childExitGraceMillis", "100", "-1"), ("childWorkingDirectory", "/tmp", ""),
        ("childEnvironment", "A=1,B=2", "A"), ("leaseStore", "sqlite:leases.db", "postgres"),
        ("applicationName", "app", ""), ("streamName", "words", ""), (
            "streamArn",
            "arn:aws:kinesis:us-east-1:123456789012:stream/words",
            "arn:aws:kinesis:us-east-1:1:stream/words"), ("tableName", "leases", ""),
        ("workerIdentifier", "w1", ""), ("regionName", "eu-central-1", ""), (
            "kinesisEndpoint",
            "http://127.0.0.1:4567",
            "127.0.0.1:4567"), ("dynamoDBEndpoint", "https://dynamodb.example", "ftp://x"),
        ("kinesisClient.region", "eu-central-1", ""), ("dynamoDbClient.region", "eu-central-1", ""), (
            "cloudWatchClient.region",
            "eu-central-1",
            ""), ("cloudWatchClient.endpointOverride", "http://x", "x"),
        ("kinesisClient.*", null, "x"), ("dynamoDbClient.*", null, "x"), ("cloudWatchClient.*", null, "x"),
        ("kinesisCredentialsProvider.*", null, "x"), ("dynamoDBCredentialsProvider.*", null, "x"), (
            "cloudWatchCredentialsProvider.*",
            null,
            "x"),
        ("AwsCredentialsProvider", "DefaultCredentialsProvider", "MadeUpProvider"), (
            "AwsCredentialsProviderDynamoDB",
            "ProfileCredentialsProvider|dev, DefaultCredentialsProvider",
            ","),
        (
            "AwsCredentialsProviderCloudWatch",
            "software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider",
            "com.example.Own"),
        ("initialPositionInStream", "trim_horizon", "AT_TIMESTAMP"), (
            "initialPositionInStreamExtended",
            "1617406032",
            "yesterday"), ("retrievalMode", "polling", "SIDEWAYS"), ("maxRecords", "500", "10001"),
        ("idleTimeBetweenReadsInMillis", "250", "1e3"), (
            "millisBehindLatestThresholdForReducedTps",
            "5000",
            "x"), ("retryGetRecordsInSeconds", "2", "x"), ("maxGetRecordsThreadPool", "3", "x"),
        (
            "fanoutConfig.consumerArn",
            "arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app:1700000000",
            "app"), ("fanoutConfig.consumerName", Text, ""), (
                "fanoutConfig.maxDescribeStreamSummaryRetries",
                "1",
                "x"), ("fanoutConfig.maxDescribeStreamConsumerRetries", "1", "x"),
        ("fanoutConfig.registerStreamConsumerRetries", "1", "x"), (
            "fanoutConfig.retryBackoffMillis",
            "1",
            "x"), ("maxPrefetchedBatches", "2", "0"), ("prefetchByteBudget", "1000000", "0"),
        ("failoverTimeMillis", "10000", "-1"), ("leaseAssignmentIntervalMillis", "1", "x"), (
            "enablePriorityLeaseAssignment",
            "no",
            "x"), ("leaseTableDeletionProtectionEnabled", "on", "x"), ("leaseTablePitrEnabled", "y", "x"),
        ("shardSyncIntervalMillis", "1000", "0"), ("cleanupLeasesUponShardCompletion", "false", "x"), (
            "ignoreUnexpectedChildShards",
            "true",
            "x"), ("maxLeasesForWorker", "5", "0"), ("maxLeasesToStealAtOneTime", "2", "0"),
        ("initialLeaseTableReadCapacity", "10", "x"), ("initialLeaseTableWriteCapacity", "10", "x"), (
            "leaseTableScanTotalSegments",
            "4",
            "-1"), ("maxLeaseRenewalThreads", "5", "1,000"), ("listShardsBackoffTimeInMillis", "1", "x"),
        ("maxListShardsRetryAttempts", "1", "x"), ("gracefulLeaseHandoffTimeoutMillis", "0", "x"), (
            "isGracefulLeaseHandoffEnabled",
            "false",
            "x"), ("inMemoryWorkerMetricsCaptureFrequencyMillis", "1", "x"),
        ("workerMetricsReporterFreqInMillis", "1", "x"), (
            "noOfPersistedMetricsPerWorkerMetrics",
            "1",
            "x"), ("disableWorkerMetrics", "true", "x"), ("maxThroughputPerHostKBps", "1000.5", "x"), ("dampeningPercentage", "60", "101"),
        ("reBalanceThresholdPercentage", "10", "-1"), ("allowThroughputOvershoot", "false", "x"), (
            "varianceBalancingFrequency",
            "3",
            "x"), ("workerMetricsEMAAlpha", "0.5", "x"), ("staleWorkerMetricsEntryCleanupDuration", "P1D", "1d"),
        ..Table("workerMetrics"), ..Table("coordinatorState"),
        ("parentShardPollIntervalMillis", "1000", "0"), ("shardPrioritization", null, "x"), (
            "skipShardSyncAtWorkerInitializationIfLeasesExist",
            "true",
            "x"), ("schedulerInitializationBackoffTimeMillis", "1", "x"),
        ("clientVersionConfig", "client_version_config_3x", "4X"), (
            "migrateAllEntitiesToLeaseTable",
            "true",
            "x"), ("tableMigrationCompleteBakeTimeSeconds", "1", "x"), ("callProcessRecordsEvenForEmptyRecordList", "true", "x"),
        ("taskBackoffTimeMillis", "100", "0"), ("logWarningForTaskAfterMillis", "100", "0"), (
            "metricsBufferTimeMillis",
            "1",
            "x"), ("metricsMaxQueueSize", "1", "x"), ("metricsLevel", "none", "LOUD"), (
                "metricsEnabledDimensions",
                "Operation, ShardId",
                null),
        ("maxFailuresBeforeRelease", "3", "0"), ("billingMode", "x", null), ("userAgent", "x", null), (
            "maxPendingProcessRecordsInput",
            "x",
            null), ("maxCacheByteSize", "x", null), ("maxRecordsCount", "x", null), ("dataFetchingStrategy", "x", null),
        ("idleMillisBetweenCalls", "x", null), ("timestampAtInitialPositionInStream", "x", null), (
            "skipShardSyncAtStartupIfLeasesExist",
            "x",
            null), ("shardPrioritizationStrategy", "x", null),
    ];

    private static IEnumerable<(string Name, string? Good, string? Bad)> Table(string prefix) =>
    [
        ($"{prefix}TableName", "t", ""), ($"{prefix}BillingMode", "PROVISIONED", "FREE"), (
            $"{prefix}ReadCapacity",
            "5",
            "x"), ($"{prefix}WriteCapacity", "5", "x"),
        ($"{prefix}PointInTimeRecoveryEnabled", "true", "x"), (
            $"{prefix}DeletionProtectionEnabled",
            "true",
            "x"), ($"{prefix}Tags", "a=b, c=d", "a"),
    ];
}
