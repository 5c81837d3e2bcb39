using System.Reflection;
using System.Runtime.InteropServices;

namespace Kcl.Kinesis.Transport;

/// <summary>The user agent of the client.</summary>
internal static class UserAgent
{
    /// <summary>Returns the value of the header.</summary>
    /// <param name="suffix">The user's suffix; characters that are not valid in a header become '-'.</param>
    public static string Compose(string? suffix)
    {
        var attribute = typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        var version = attribute?.InformationalVersion.Split('+')[0] ?? "0";
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var own = $"kcl-dotnet/{version} os/{os} lang/dotnet#{Environment.Version} md/{architecture}";
        return string.IsNullOrEmpty(suffix) ? own : $"{own} {string.Concat(suffix.Select(c => c is >= ' ' and < '\x7F' ? c : '-'))}";
    }
}
