namespace Kcl.Daemon.Settings;

/// <summary>Describes how a setting works here compared with Amazon's MultiLangDaemon (KCL 3.5).</summary>
public enum JavaCompatibility
{
    /// <summary>The setting works as in Java's daemon.</summary>
    Same,

    /// <summary>The setting is accepted and its value is checked, but it has no effect. The explanation says why.</summary>
    NoEffect,

    /// <summary>The setting is not accepted. The explanation says why, and what to use instead.</summary>
    Refused,

    /// <summary>The setting works differently, or Java's daemon has no such setting. The explanation describes the difference.</summary>
    Differs,
}
