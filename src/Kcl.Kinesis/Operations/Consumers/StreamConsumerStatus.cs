namespace Kcl.Kinesis;

/// <summary>What a registered consumer is doing.</summary>
public enum StreamConsumerStatus
{
    /// <summary>Being registered; it cannot subscribe yet.</summary>
    Creating,

    /// <summary>Being removed.</summary>
    Deleting,

    /// <summary>Ready to subscribe.</summary>
    Active,
}
