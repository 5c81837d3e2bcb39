using Amazon.Runtime;

namespace Kcl.Daemon.Credentials;

/// <summary>
/// The credentials of the first provider that has any. That provider is used from then on; if it fails, all are tried again in order.
/// </summary>
/// <param name="providers">The names and factories of the providers. A factory that throws counts as a provider that fails.</param>
internal sealed class CredentialsChain(IReadOnlyList<(string Name, Func<AWSCredentials> Create)> providers) : AWSCredentials
{
    private readonly Lock _gate = new();
    private readonly AWSCredentials?[] _created = new AWSCredentials?[providers.Count];
    private int _lastSuccessful;

    /// <inheritdoc />
    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var problems = new List<string>();
        var first = Volatile.Read(ref _lastSuccessful);
        foreach (var i in Enumerable.Range(0, providers.Count).OrderBy(i => i == first ? -1 : i))
        {
            try
            {
                var credentials = await GetProvider(i).GetCredentialsAsync().ConfigureAwait(false);
                Volatile.Write(ref _lastSuccessful, i);
                return credentials;
            }
#pragma warning disable CA1031 // Providers throw many types of exceptions. After each of them, the next provider is tried.
            catch (Exception e)
#pragma warning restore CA1031
            {
                problems.Add($"{providers[i].Name}: {e.Message}");
            }
        }

        throw new AmazonClientException($"None of the configured credentials providers has credentials. {string.Join(" ", problems)}");
    }

    private AWSCredentials GetProvider(int index)
    {
        lock (_gate)
        {
            return _created[index] ??= providers[index].Create();
        }
    }
}
