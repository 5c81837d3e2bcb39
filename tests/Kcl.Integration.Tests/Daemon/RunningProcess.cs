namespace Kcl.Integration.Tests.Daemon;

/// <summary>Returns the state of processes that were not started by this test process.</summary>
internal static class RunningProcess
{
    /// <summary>Returns whether a process exists and is not a zombie, which only its parent can remove.</summary>
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
