namespace Kcl.Kinesis;

/// <summary>The status of a registered consumer.</summary>
public enum StreamConsumerStatus
{
    /// <summary>The consumer is being registered; it cannot subscribe yet.</summary>
    Creating,

    /// <summary>The consumer is being removed.</summary>
    Deleting,

    /// <summary>The consumer can subscribe.</summary>
    Active,
}
