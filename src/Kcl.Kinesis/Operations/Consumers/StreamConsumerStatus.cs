namespace Kcl.Kinesis;

/// <summary>The status of a registered consumer.</summary>
public enum StreamConsumerStatus
{
    /// <summary>Being registered; it cannot subscribe yet.</summary>
    Creating,

    /// <summary>Being removed.</summary>
    Deleting,

    /// <summary>Ready to subscribe.</summary>
    Active,
}
