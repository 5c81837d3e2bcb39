using System.Collections;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// Starts a program with <c>posix_spawn</c>: in its own session, with only the three given descriptors, and with default signal handling.
/// </summary>
/// <remarks>
/// .NET's process class supports none of these: its processes are in the daemon's process group, and like .NET they ignore SIGPIPE.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class PosixSpawn
{
    /// <summary>Starts a program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="environment">Environment variables, in addition to those of this process.</param>
    /// <param name="workingDirectory">The working directory; null for that of this process.</param>
    /// <param name="descriptors">The descriptors that become 0, 1 and 2.</param>
    /// <param name="pid">The process id.</param>
    /// <returns>0, or the system's error number.</returns>
    public static int TryStart(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string? workingDirectory,
        ReadOnlySpan<int> descriptors,
        out int pid)
    {
        var attributes = stackalloc byte[Libc.OpaqueSize];
        var actions = stackalloc byte[Libc.OpaqueSize];
        var signals = stackalloc byte[Libc.SignalSetSize];
        pid = 0;
        var error = Libc.InitAttributes(attributes);
        if (error != 0)
        {
            return error;
        }

        error = Libc.InitFileActions(actions);
        if (error != 0)
        {
            _ = Libc.DestroyAttributes(attributes);
            return error;
        }

        var argv = ToNativeStrings([path, .. arguments]);
        var envp = ToNativeStrings(Merge(environment));
        try
        {
            _ = Libc.SetFlags(attributes, Libc.SpawnNewSession | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask);
            _ = Libc.FillSignalSet(signals);
            _ = Libc.SetSignalDefaults(attributes, signals);
            _ = Libc.EmptySignalSet(signals);
            _ = Libc.SetSignalMask(attributes, signals);
            for (var target = 0; target < descriptors.Length; target++)
            {
                _ = Libc.AddDuplicate(actions, descriptors[target], target);
            }

            if (workingDirectory is not null)
            {
                _ = Libc.AddChangeDirectory(actions, workingDirectory);
            }

            return Libc.Spawn(out pid, path, actions, attributes, argv, envp);
        }
        finally
        {
            Free(argv);
            Free(envp);
            _ = Libc.DestroyFileActions(actions);
            _ = Libc.DestroyAttributes(attributes);
        }
    }

    private static List<string> Merge(IReadOnlyDictionary<string, string> added)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            all[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        foreach (var (key, value) in added)
        {
            all[key] = value;
        }

        return [.. all.Select(e => $"{e.Key}={e.Value}")];
    }

    private static byte** ToNativeStrings(List<string> strings)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(strings[i]);
            array[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(array[i], bytes.Length));
        }

        return array;
    }

    private static void Free(byte** array)
    {
        for (var i = 0; array[i] is not null; i++)
        {
            NativeMemory.Free(array[i]);
        }

        NativeMemory.Free(array);
    }
}
