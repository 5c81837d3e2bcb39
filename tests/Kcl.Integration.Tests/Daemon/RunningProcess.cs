namespace Kcl.Integration.Tests.Daemon;

/// <summary>What the system says about processes that nobody here started.</summary>
internal static class RunningProcess
{
    /// <summary>Whether a process is there and is more than a zombie, which only its parent can remove.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
