namespace Kcl.Consuming;

/// <summary>Specifies what happens when a shard waits for records.</summary>
internal enum StallAction
{
    /// <summary>Continue to wait.</summary>
    Wait,

    /// <summary>Restart reading after the last delivered record.</summary>
    RestartRetrieval,

    /// <summary>Release the lease, because another worker may be able to reach the service.</summary>
    Release,
}
