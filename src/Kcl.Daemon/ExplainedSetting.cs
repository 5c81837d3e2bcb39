namespace Kcl.Daemon;

/// <summary>One setting as it is in force.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The value as written, secrets left out; where it is absent, its default in words.</param>
/// <param name="Source">The file and line, or the environment variable, it comes from; <c>default</c> where it is absent.</param>
/// <param name="IsGiven">Whether it was given.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Treatment">What is done with it compared with Java's daemon, and why: <c>same</c>, <c>better: …</c>, <c>ours</c>, <c>no effect: …</c>.</param>
public sealed record ExplainedSetting(string Name, string Value, string Source, bool IsGiven, string Meaning, string Treatment);
