namespace Kcl.Leasing;

/// <summary>A row that should be a lease but cannot be read.</summary>
/// <param name="Key">The row's key; for an application with one stream, the shard's id.</param>
/// <param name="Problem">What is wrong with the row: one clause, for example <c>checkpoint 'x' is not a checkpoint</c>.</param>
public sealed record UnreadableLease(LeaseKey Key, string Problem)
{
    /// <summary>The row's shard, which only its key tells; null for the row of a shard of another stream.</summary>
    internal ShardId? ShardId
    {
        get
        {
            try
            {
                return new(Key.Value);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }
}
