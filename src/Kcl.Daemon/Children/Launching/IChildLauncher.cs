using Kcl.Daemon.Children.Command;

namespace Kcl.Daemon.Children.Launching;

/// <summary>Starts children.</summary>
internal interface IChildLauncher
{
    /// <summary>Starts a child.</summary>
    /// <param name="command">The command to run.</param>
    /// <param name="environment">Environment variables, in addition to those of this process.</param>
    /// <exception cref="ChildStartException">The child could not be started.</exception>
    IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment);
}
