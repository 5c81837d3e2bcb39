using System.Runtime.CompilerServices;
using System.Text;
using Kcl.Daemon.Settings;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>docs/configuration.md is written from the table of settings. Run with KCL_UPDATE_DOCS=1 to write it anew.</summary>
public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_says_what_the_table_says()
    {
        var path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "configuration.md");
        var expected = Page();
        if (Environment.GetEnvironmentVariable("KCL_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # Configuration of the daemon

            `kcl run --properties-file FILE` reads the properties file of Amazon's MultiLangDaemon: Java's `.properties` syntax in full (comments, `=`, `:` or
            blanks between key and value, continued lines, escapes), in UTF-8 or ISO-8859-1. Keys are case-sensitive. White space at the end of a value, over which
            Java stumbles, is dropped. Every problem of a file is reported in one message, with the line, the key, the value and what is accepted, and the daemon
            ends with exit code 2; with `--lenient` unknown keys and values that cannot be read are ignored, as Java does, with a warning.

            Each setting can also be given as an environment variable, which goes before the file: `KCL_` and the key in capitals with underscores, for example
            `KCL_APPLICATION_NAME`. `kcl run --explain` shows every setting in force and where it comes from.

            The last column says what is done with a setting compared with Java's daemon (KCL 3.5): the *same*; *better*, and how; *ours*, which Java does not know;
            *no effect*, and why; or *refused*, and why. This page is written from the table the daemon itself uses; a test compares them.


            """.ReplaceLineEndings("\n"));
        foreach (var group in SettingsTable.All.GroupBy(s => s.Group))
        {
            page.Append("## ").Append(group.Key).Append("\n\n| key | accepted | default | meaning | compared with Java |\n|---|---|---|---|---|\n");
            foreach (var setting in group)
            {
                page.Append("| ").AppendJoin("<br>also ", setting.Aliases.Prepend(setting.Name).Select(n => $"`{n}`"))
                    .Append(" | ").Append(Cell(setting.Accepted)).Append(" | ").Append(Cell(setting.Default)).Append(" | ").Append(Cell(setting.Meaning)).Append(" | ").Append(Cell(setting.DescribeTreatment())).Append(" |\n");
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
