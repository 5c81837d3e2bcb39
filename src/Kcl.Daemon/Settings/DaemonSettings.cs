using static Kcl.Daemon.Settings.SettingTypes;

namespace Kcl.Daemon.Settings;

/// <summary>The daemon itself and its children.</summary>
internal static class DaemonSettings
{
    private static readonly SettingGroup Daemon = new("Daemon");

    public static IEnumerable<Setting> All =>
    [
        Daemon.Better("executableName", Text, "required", "The command that is run for each shard. Its first word is looked up in PATH unless it is a path.",
            "where there are quotes, words are split as a shell would; a program that does not exist is reported at the start",
            static (d, v) => d.ExecutableName = v),
        Daemon.Better("processingLanguage", Text, "none", "The language of the children, for the service's logs.", "really part of the user agent; Java's only logs it",
            static (d, v) => d.ProcessingLanguage = v),
        Daemon.WithoutEffect("maxActiveThreads", Number(int.MinValue, int.MaxValue), "0", "The threads of Java's pool.", "no thread waits for a child here, so there is nothing to limit"),
        Daemon.Better("timeoutInSeconds", Number(1, int.MaxValue, "seconds"), "none", "The longest wait for the next message of a child that has something to answer.",
            "the shard's child is replaced, where Java's whole worker halts; 0, with which Java halts at the first message, is refused",
            static (d, v) => d.MessageTimeout = TimeSpan.FromSeconds(v)),
        Daemon.Better("shutdownGraceMillis", Number(0, int.MaxValue, "milliseconds"), "30000", "How long a stop waits for children to finish their batches, to answer shutdownRequested and to checkpoint.",
            "Java's default is 0, with which children are told nothing",
            static (d, v) => d.Consumer.ShutdownTimeout = TimeSpan.FromMilliseconds(v)),
        Daemon.WithoutEffect("validateSequenceNumberBeforeCheckpointing", SettingTypes.Boolean, "false", "Has been without effect in Java since KCL 2.", "every checkpoint is checked against what was delivered"),
        Daemon.Ours("childStartupTimeoutInSeconds", Number(0, int.MaxValue, "seconds"), "300", "The longest wait for a new child's answer to initialize; 0 for no limit.",
            static (d, v) => d.StartupTimeout = v == 0 ? null : TimeSpan.FromSeconds(v)),
        Daemon.Ours("childExitGraceMillis", Number(0, 3_600_000, "milliseconds"), "5000", "How long a child may take to end when its stdin is closed, before it is sent TERM, and 2 seconds later KILL.",
            static (d, v) => d.ExitGrace = TimeSpan.FromMilliseconds(v)),
        Daemon.Ours("childWorkingDirectory", Text, "the daemon's", "The directory children run in.", static (d, v) => d.WorkingDirectory = v),
        Daemon.Ours("childEnvironment", Pairs, "none", "Environment variables of children, on top of the daemon's own and of KCL_SHARD_ID and KCL_CHECKPOINT.", static (d, v) => d.Environment = v),
        Daemon.Ours("leaseStore", new SettingType<string>("dynamodb, or sqlite:<path of a file>", static text => text == "dynamodb" || (text.StartsWith("sqlite:", StringComparison.Ordinal) && text.Length > "sqlite:".Length) ? new(text) : null),
            "dynamodb", "Where leases and checkpoints are kept. A SQLite file may be shared by workers on one machine only.", static (d, v) => d.LeaseStore = v),
    ];
}
