namespace Kcl.Daemon.Settings;

/// <summary>Collects the problems and warnings of a properties file, so that all of them can be reported in one message.</summary>
/// <param name="file">The name of the file.</param>
/// <param name="lenient">
/// Whether unknown keys and invalid values are ignored with a warning; Java's daemon ignores them without one.
/// </param>
internal sealed class SettingsReport(string file, bool lenient)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>Gets the name of the file.</summary>
    public string File { get; } = file;

    /// <summary>Gets the problems that make the file unusable; empty if there are none.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Gets the warnings about settings that are usable but may not have the intended effect.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds a problem.</summary>
    /// <param name="problem">What is wrong, what was expected and how to fix it.</param>
    public void AddProblem(string problem) => _problems.Add(problem);

    /// <summary>Adds a warning that contains the file and line.</summary>
    /// <param name="warning">The warning.</param>
    public void AddWarning(string warning) => _warnings.Add(warning);

    /// <summary>Adds a warning about the whole file.</summary>
    /// <param name="warning">The warning.</param>
    public void AddFileWarning(string warning) => _warnings.Add($"{File}: {warning}");

    /// <summary>Adds a key or value that cannot be used: a problem, or a warning if the file is read leniently.</summary>
    /// <param name="problem">What is wrong, what was expected and how to fix it.</param>
    public void AddUnusable(string problem)
    {
        if (lenient)
        {
            _warnings.Add($"{problem} It is ignored.");
        }
        else
        {
            _problems.Add(problem);
        }
    }
}
