using Amazon.Runtime;

namespace Kcl.Daemon.Credentials;

/// <summary>Credentials of the first provider that has any. If that provider fails later, the providers are asked again in order.</summary>
/// <param name="providers">The names and factories of the providers. A factory may throw, like its provider.</param>
internal sealed class CredentialsChain(IReadOnlyList<(string Name, Func<AWSCredentials> Create)> providers) : AWSCredentials
{
    private readonly Lock _gate = new();
    private readonly AWSCredentials?[] _created = new AWSCredentials?[providers.Count];
    private int _last;

    /// <inheritdoc />
    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var problems = new List<string>();
        var first = Volatile.Read(ref _last);
        foreach (var i in Enumerable.Range(0, providers.Count).OrderBy(i => i == first ? -1 : i))
        {
            try
            {
                var credentials = await GetProvider(i).GetCredentialsAsync().ConfigureAwait(false);
                Volatile.Write(ref _last, i);
                return credentials;
            }
#pragma warning disable CA1031 // Providers fail with many exceptions; in each case the next provider is asked.
            catch (Exception e)
#pragma warning restore CA1031
            {
                problems.Add($"{providers[i].Name}: {e.Message}");
            }
        }

        throw new AmazonClientException($"None of the configured providers has credentials. {string.Join(" ", problems)}");
    }

    private AWSCredentials GetProvider(int index)
    {
        lock (_gate)
        {
            return _created[index] ??= providers[index].Create();
        }
    }
}
