namespace Kcl.Daemon.Settings;

/// <summary>Explanations that several settings share.</summary>
internal static class SettingNotes
{
    /// <summary>Why 0 is refused.</summary>
    public const string ZeroIsDefault = "0, which Java replaces by its default, is refused: remove the line instead";

    /// <summary>Why settings of CloudWatch have no effect.</summary>
    public const string NoCloudWatch = "metrics are not published to CloudWatch; they are recorded with .NET meters";

    /// <summary>How a setting differs that Java's daemon does not have.</summary>
    public const string OwnSetting = "Java's daemon has no such setting";
}
