namespace Kcl.Daemon.Credentials;

/// <summary>One provider of a chain, written as <c>Name|argument|argument</c>.</summary>
/// <param name="Kind">The source of its credentials.</param>
/// <param name="Arguments">The arguments as written.</param>
internal sealed record CredentialsProvider(CredentialsKind Kind, IReadOnlyList<string> Arguments);
