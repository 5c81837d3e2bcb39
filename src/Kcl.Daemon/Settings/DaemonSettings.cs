using static Kcl.Daemon.Settings.JavaCompatibility;
using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The settings of the daemon itself and of its children.</summary>
internal static class DaemonSettings
{
    private static readonly SettingGroup Daemon = new("Daemon");

    private static readonly SettingType<string> Store = new(
        "dynamodb, or sqlite:<path of a file>",
        static text =>
            text == SettingsDraft.DynamoDbStore
            || (text.StartsWith(SettingsDraft.SqliteScheme, StringComparison.Ordinal) && text.Length > SettingsDraft.SqliteScheme.Length)
            ? new(text)
            : null);

    /// <summary>Gets the settings, in the order of the documentation.</summary>
    public static IEnumerable<Setting> All =>
    [
        Daemon.Applied("executableName", Text, static d => d.ExecutableName, static (d, v) => d.ExecutableName = v,
            "The command that is run for each shard. Its first word is looked up in PATH unless it is a path.", unset: "required") with
        {
            Compatibility = Differs,
            Explanation =
                "if the command contains quotes, it is split into words as a shell does; a program that does not exist is reported "
                + "at startup",
        },
        Daemon.Applied("processingLanguage", Text, static d => d.Kinesis.UserAgentSuffix, static (d, v) => d.Kinesis.UserAgentSuffix = v,
            "The language of the children, for the service's logs.") with
        {
            Compatibility = Differs,
            Explanation = "it becomes part of the user agent; Java's daemon only logs it",
        },
        Daemon.WithoutEffect("maxActiveThreads", Number(int.MinValue, int.MaxValue), "0",
            "The number of threads in Java's pool.", "no thread waits for a child, so there is nothing to limit"),
        Daemon.Applied("timeoutInSeconds", Seconds(1), static d => d.Child.MessageTimeout, static (d, v) => d.Child.MessageTimeout = v,
            "The maximum time that a child may take for its next message, a checkpoint or the answer, during an action.") with
        {
            Compatibility = Differs,
            Explanation = "the child of that shard is replaced; Java's whole worker halts",
            Restriction = "0 is refused, because Java's worker then halts at the first message",
        },
        Daemon.Applied("shutdownGraceMillis", Milliseconds(0), static d => d.Consumer.ShutdownTimeout,
            static (d, v) => d.Consumer.ShutdownTimeout = v,
            "How long a stop waits for children to finish their batches, to answer shutdownRequested and to checkpoint.") with
        {
            Compatibility = Differs,
            Explanation = "Java's default is 0, so its children are not notified of the stop",
        },
        Daemon.WithoutEffect("validateSequenceNumberBeforeCheckpointing", SettingTypes.Boolean, "false",
            "Without effect in Java since KCL 2.", "every checkpoint is compared with what was delivered"),
        Daemon.Applied("childStartupTimeoutInSeconds", Seconds(0), static d => d.Child.StartupTimeout,
            static (d, v) => d.Child.StartupTimeout = v == TimeSpan.Zero ? null : v,
            "The maximum time to wait for a new child's answer to initialize; 0 for no limit.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Daemon.Applied("childExitGraceMillis", Milliseconds(0, 3_600_000), static d => d.Child.ExitTimeout,
            static (d, v) => d.Child.ExitTimeout = v,
            "How long a child may take to exit after its stdin is closed. It is then sent TERM, and 2 seconds later KILL.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Daemon.Applied("childWorkingDirectory", Text, static d => d.WorkingDirectory, static (d, v) => d.WorkingDirectory = v,
            "The working directory of the children.", unset: "the daemon's") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Daemon.Applied("childEnvironment", Pairs, static d => d.Child.Environment.Count == 0 ? null : d.Child.Environment,
            static (d, v) => d.Child.Environment = v,
            "Environment variables of the children, in addition to those of the daemon and to KCL_SHARD_ID and KCL_CHECKPOINT.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
        Daemon.Applied("leaseStore", Store, static d => d.LeaseStore ?? SettingsDraft.DynamoDbStore, static (d, v) => d.LeaseStore = v,
            "Where leases and checkpoints are stored. A SQLite file can be shared only by workers on the same machine.") with
        {
            Compatibility = Differs,
            Explanation = SettingNotes.OwnSetting,
        },
    ];
}
