namespace Kcl.Leases.DynamoDb;

/// <summary>The names of the lease table's attributes, as in the Java KCL (leases/dynamodb/DynamoDBLeaseSerializer).</summary>
internal static class Attributes
{
    public const string Key = "leaseKey";
    public const string Owner = "leaseOwner";
    public const string Counter = "leaseCounter";
    public const string Checkpoint = "checkpoint";
    public const string CheckpointSub = "checkpointSubSequenceNumber";
    public const string PendingCheckpoint = "pendingCheckpoint";
    public const string PendingCheckpointSub = "pendingCheckpointSubSequenceNumber";
    public const string PendingCheckpointState = "pendingCheckpointState";
    public const string OwnerSwitches = "ownerSwitchesSinceCheckpoint";
    public const string Parents = "parentShardId";
    public const string Children = "childShardIds";
    public const string StartingHashKey = "startingHashKey";
    public const string EndingHashKey = "endingHashKey";
    public const string CheckpointOwner = "checkpointOwner";
    public const string StreamName = "streamName";
    public const string ShardId = "shardId";
    public const string EntityType = "entityType";

    public const string EntityTypeLease = "LEASE";
    public const string OwnerIndex = "LeaseOwnerToLeaseKeyIndex";
}
