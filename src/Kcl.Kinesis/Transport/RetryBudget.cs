namespace Kcl.Kinesis.Transport;

/// <summary>The tokens all calls of one client pay retries with, so that an outage isn't answered with several times the usual load. Every success earns a little back.</summary>
internal sealed class RetryBudget
{
    /// <summary>What a full budget holds: a hundred retries, as in the AWS SDKs.</summary>
    public const int Capacity = 500;

    private const int Cost = 5;
    private const int CostOfSilence = 10;
    private int _tokens = Capacity;

    /// <summary>What is left.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Pays for one retry.</summary>
    /// <param name="code">What made it necessary.</param>
    /// <returns>Whether there was enough.</returns>
    public bool TryPay(KinesisErrorCode code)
    {
        var cost = code == KinesisErrorCode.Unreachable ? CostOfSilence : Cost;
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
            // Losing this race costs one token of five hundred.
            _ = Interlocked.CompareExchange(ref _tokens, tokens + 1, tokens);
        }
    }
}
