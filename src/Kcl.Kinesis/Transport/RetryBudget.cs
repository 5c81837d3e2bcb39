namespace Kcl.Kinesis.Transport;

/// <summary>
/// Limits the retries of all calls of one client, so that an outage does not multiply the load. A retry costs tokens; a success earns one.
/// </summary>
internal sealed class RetryBudget
{
    /// <summary>The number of tokens of a full budget, which suffices for a hundred retries, as in the AWS SDKs.</summary>
    public const int Capacity = 500;

    private const int Cost = 5;
    private const int UnreachableCost = 10;
    private int _tokens = Capacity;

    /// <summary>Gets the remaining tokens.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Pays for one retry.</summary>
    /// <param name="code">The failure that is retried.</param>
    /// <returns>True if there were enough tokens; otherwise, false.</returns>
    public bool TryPay(KinesisErrorCode code)
    {
        var cost = code == KinesisErrorCode.Unreachable ? UnreachableCost : Cost;
        while (true)
        {
            var tokens = Tokens;
            if (tokens < cost)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _tokens, tokens - cost, tokens) == tokens)
            {
                return true;
            }
        }
    }

    /// <summary>Counts a success.</summary>
    public void Earn()
    {
        var tokens = Tokens;
        if (tokens < Capacity)
        {
            // If another thread changes the tokens at the same time, only one of five hundred tokens is lost.
            _ = Interlocked.CompareExchange(ref _tokens, tokens + 1, tokens);
        }
    }
}
