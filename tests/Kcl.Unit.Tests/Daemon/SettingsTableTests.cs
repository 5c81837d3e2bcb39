using Kcl.Daemon.Settings;

namespace Kcl.Unit.Tests.Daemon;

public sealed class SettingsTableTests
{
    public static TheoryData<string> Names => [.. SettingsTable.All.Select(s => s.Name)];

    [Fact]
    public void Every_row_has_a_good_and_a_bad_value_here() =>
        Assert.Equal(
            SettingsTable.All.Select(s => s.Name).Order(StringComparer.Ordinal),
            SettingValues.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Good_values_are_accepted_and_bad_ones_are_not(string name)
    {
        var setting = SettingsTable.All.Single(s => s.Name == name);
        var (good, bad) = SettingValues.All[name];
        Assert.Equal(setting.Compatibility != JavaCompatibility.Refused, good is not null);
        Assert.True(good is null || setting.TryApply(good, new()));
        Assert.False(bad is not null && setting.TryApply(bad, new()));
        Assert.Equal(setting.Compatibility == JavaCompatibility.Same, setting.Note is null);
        Assert.Same(setting, SettingsTable.Find(name));
        Assert.All(setting.Aliases, alias => Assert.Same(setting, SettingsTable.Find(alias)));
    }

    [Theory]
    [InlineData("failoverTimeMillis", "2147483647", "2147483648")]
    [InlineData("shutdownGraceMillis", "2147483647", "2147483648")]
    [InlineData("timeoutInSeconds", "2147483", "2147484")]
    [InlineData("childStartupTimeoutInSeconds", "2147483", "2147484")]
    public void A_duration_that_the_options_do_not_accept_is_refused(string name, string longest, string tooLong)
    {
        var setting = SettingsTable.Find(name)!;
        var draft = new SettingsDraft();

        Assert.True(setting.TryApply(longest, draft));
        Assert.DoesNotContain(draft.Child.Validate(), static problem => problem.Contains("Timeout is", StringComparison.Ordinal));
        Assert.DoesNotContain(draft.Consumer.Validate(), static problem => problem.Contains("Time", StringComparison.Ordinal));
        Assert.False(setting.TryApply(tooLong, draft));
    }

    [Theory]
    [InlineData("AWSCredentialsProvider", "AwsCredentialsProvider")]
    [InlineData("awscredentialsprovider", "AwsCredentialsProvider")]
    [InlineData("AWSCredentialsProviderDynamoDB", "AwsCredentialsProviderDynamoDB")]
    [InlineData("workerId", "workerIdentifier")]
    [InlineData("pollingConfig.maxRecords", "maxRecords")]
    [InlineData("kinesisClient.overrideConfiguration.apiCallTimeout", "kinesisClient.*")]
    public void Other_spellings_are_found(string key, string name) => Assert.Equal(name, SettingsTable.Find(key)!.Name);

    [Theory]
    [InlineData("AwsCredentialsProviderDynamodb")]
    [InlineData("applicationname")]
    [InlineData("fanoutConfig")]
    [InlineData("")]
    public void What_Java_does_not_know_is_unknown(string key) => Assert.Null(SettingsTable.Find(key));

    [Theory]
    [InlineData("applicationname", "applicationName")]
    [InlineData("aplicationName", "applicationName")]
    [InlineData("maxRecrods", "maxRecords")]
    [InlineData("appName", "applicationName")]
    [InlineData("somethingElseEntirely", null)]
    public void A_near_miss_is_suggested(string key, string? suggestion) => Assert.Equal(suggestion, SettingsTable.Suggest(key));

    [Theory]
    [InlineData("applicationName", "KCL_APPLICATION_NAME")]
    [InlineData("dynamoDBEndpoint", "KCL_DYNAMO_DB_ENDPOINT")]
    [InlineData("AwsCredentialsProvider", "KCL_AWS_CREDENTIALS_PROVIDER")]
    [InlineData("maxThroughputPerHostKBps", "KCL_MAX_THROUGHPUT_PER_HOST_K_BPS")]
    [InlineData("fanoutConfig.consumerName", "KCL_FANOUT_CONFIG_CONSUMER_NAME")]
    public void Environment_variables_are_called_after_the_settings(string name, string variable) =>
        Assert.Equal(variable, SettingsTable.Find(name)!.EnvironmentVariable);
}
