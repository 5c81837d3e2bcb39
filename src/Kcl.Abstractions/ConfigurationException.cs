namespace Kcl;

/// <summary>
/// The settings cannot work. The message lists every problem, each with the setting, its value and what is accepted.
/// </summary>
/// <param name="message">Every problem.</param>
/// <param name="innerException">The cause.</param>
public sealed class ConfigurationException(string message, Exception? innerException = null)
    : KclException(message, innerException);
