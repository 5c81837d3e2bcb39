namespace Kcl.Consuming;

/// <summary>What follows when a shard waits for records.</summary>
internal enum StallAction
{
    /// <summary>Continue to wait.</summary>
    Wait,

    /// <summary>Restart reading after the last record delivered.</summary>
    RestartRetrieval,

    /// <summary>Release the lease: another worker may reach a service that this one does not.</summary>
    Release,
}
