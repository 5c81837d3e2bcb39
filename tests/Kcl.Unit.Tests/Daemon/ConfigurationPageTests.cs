using System.Runtime.CompilerServices;
using System.Text;
using Kcl.Daemon.Settings;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>Compares docs/configuration.md with the table of settings. Run the test with KCL_UPDATE_DOCS=1 to generate the page.</summary>
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

            `kcl run --properties-file FILE` reads the properties file of Amazon's MultiLangDaemon: Java's `.properties` syntax (comments; `=`, `:` or spaces
            between key and value; continued lines; escapes), in UTF-8 or ISO-8859-1. Keys are case-sensitive. White space at the end of a value, which Java's
            daemon fails to parse, is removed. All problems of a file are reported in one message, each with the line, the key, the value and what is accepted,
            and the daemon exits with code 2. With `--lenient`, unknown keys and invalid values are ignored with a warning; Java ignores them without one.

            Each setting can also be set with an environment variable, which takes precedence over the file. Its name is `KCL_` followed by the key in upper
            case with underscores, for example `KCL_APPLICATION_NAME`. `kcl run --explain` shows every setting with the value in effect and its source.

            The last column compares each setting with Java's daemon (KCL 3.5): it works the *same*; it *differs*, or Java has no such setting; it has *no
            effect*; or it is *refused*. This page is generated from the table that the daemon uses (see [architecture.md](architecture.md#generated-pages)).


            """.ReplaceLineEndings("\n"));
        foreach (var group in SettingsTable.All.GroupBy(s => s.Group))
        {
            page.Append("## ")
                .Append(group.Key)
                .Append("\n\n| key | accepted | default | meaning | compared with Java |\n|---|---|---|---|---|\n");
            foreach (var setting in group)
            {
                page.Append("| ").AppendJoin("<br>also ", setting.Aliases.Prepend(setting.Name).Select(n => $"`{n}`"))
                    .Append(" | ")
                    .AppendJoin(" | ", ((string[])[
                        setting.Accepted,
                        setting.Default,
                        setting.Meaning,
                        Compatibility(setting),
                    ]).Select(Cell))
                    .Append(" |\n");
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Compatibility(Setting setting) => setting.Compatibility switch
    {
        JavaCompatibility.Same => "same",
        JavaCompatibility.NoEffect => $"no effect: {setting.Note}",
        JavaCompatibility.Refused => $"refused: {setting.Note}",
        _ => $"differs: {setting.Note}",
    };

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
