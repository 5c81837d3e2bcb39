namespace Kcl.Daemon.Settings;

/// <summary>Explanations that several settings share.</summary>
internal static class SettingNotes
{
    /// <summary>Explains why 0 is refused.</summary>
    public const string ZeroIsDefault = "0 is refused, because Java replaces it by its default; remove the line instead";

    /// <summary>Explains why settings of CloudWatch have no effect.</summary>
    public const string NoCloudWatch = "metrics are not published to CloudWatch; they are recorded with .NET meters";

    /// <summary>Marks a setting that Java's daemon does not have.</summary>
    public const string OwnSetting = "Java's daemon has no such setting";
}
