namespace Kcl;

/// <summary>
/// The configuration is not valid. The message lists every problem, each with the setting, its value and the accepted values.
/// </summary>
/// <param name="message">Every problem.</param>
/// <param name="innerException">The cause.</param>
public sealed class ConfigurationException(string message, Exception? innerException = null)
    : KclException(message, innerException);
