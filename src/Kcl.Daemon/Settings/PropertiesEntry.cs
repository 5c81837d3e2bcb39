namespace Kcl.Daemon.Settings;

/// <summary>One entry of a properties file.</summary>
/// <param name="Key">The key, unescaped.</param>
/// <param name="Value">The value, unescaped and without trailing white space, with which Java's daemon fails to parse the value.</param>
/// <param name="Line">The line on which the entry starts, counted from 1.</param>
internal readonly record struct PropertiesEntry(string Key, string Value, int Line);
