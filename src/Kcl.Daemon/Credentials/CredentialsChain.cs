using Amazon.Runtime;

namespace Kcl.Daemon.Credentials;

/// <summary>Credentials of the first provider that has any; asked again from the start when that one fails.</summary>
/// <param name="providers">How to make each provider, with its name; making it may fail as asking it may.</param>
internal sealed class CredentialsChain(IReadOnlyList<(string Name, Func<AWSCredentials> Make)> providers) : AWSCredentials
{
    private readonly Lock _gate = new();
    private readonly AWSCredentials?[] _made = new AWSCredentials?[providers.Count];
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
                var credentials = await Made(i).GetCredentialsAsync().ConfigureAwait(false);
                Volatile.Write(ref _last, i);
                return credentials;
            }
#pragma warning disable CA1031 // Providers fail in many ways, all of which mean: ask the next.
            catch (Exception e)
#pragma warning restore CA1031
            {
                problems.Add($"{providers[i].Name}: {e.Message}");
            }
        }

        throw new AmazonClientException($"None of the configured providers has credentials. {string.Join(" ", problems)}");
    }

    private AWSCredentials Made(int index)
    {
        lock (_gate)
        {
            return _made[index] ??= providers[index].Make();
        }
    }
}
