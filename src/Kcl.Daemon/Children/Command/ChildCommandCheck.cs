namespace Kcl.Daemon.Children.Command;

/// <summary>Checks whether the files and folders of a command exist, so that it can be run.</summary>
internal static class ChildCommandCheck
{
    /// <summary>Checks a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">The value of <c>executableName</c> from which the command was created.</param>
    /// <returns>A message that says what is wrong and how to fix it; null if the command can be run.</returns>
    public static string? FindProblem(ChildCommand command, string text)
    {
        if (command.WorkingDirectory is { } directory && !Directory.Exists(directory))
        {
            return $"childWorkingDirectory = {directory} is not valid: there is no such directory.";
        }

        return ExecutableSearch.Find(command.Program, command.WorkingDirectory, Environment.GetEnvironmentVariable("PATH")) is null
            ? $"executableName = {text}: {ExecutableSearch.NotFoundMessage(command.Program)}"
            : null;
    }
}
