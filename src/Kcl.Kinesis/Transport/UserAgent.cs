using System.Reflection;
using System.Runtime.InteropServices;

namespace Kcl.Kinesis.Transport;

/// <summary>What the client calls itself.</summary>
internal static class UserAgent
{
    /// <summary>The header's value.</summary>
    /// <param name="suffix">What the user adds; characters that can't be in a header become '-'.</param>
    public static string Compose(string? suffix)
    {
        var version = typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        var own = $"kcl-dotnet/{version} os/{os} lang/dotnet#{Environment.Version} md/{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        return string.IsNullOrEmpty(suffix) ? own : $"{own} {string.Concat(suffix.Select(c => c is > ' ' and < '\x7F' or ' ' ? c : '-'))}";
    }
}
