using Kcl.Kinesis.Endpoints;

namespace Kcl.Kinesis.Transport;

/// <summary>What an operation is called on the wire, and which plane it belongs to (service model, kinesis/2013-12-02).</summary>
internal static class OperationInfo
{
    private static readonly string[] Targets = [.. Enum.GetNames<KinesisOperation>().Select(name => $"Kinesis_20131202.{name}")];

    /// <summary>The value of the header <c>X-Amz-Target</c>.</summary>
    public static string Target(KinesisOperation operation) => Targets[(int)operation];

    /// <summary>The operation's plane.</summary>
    public static ServicePlane Plane(KinesisOperation operation) => operation switch
    {
        KinesisOperation.CreateStream or KinesisOperation.ListStreams => ServicePlane.None,
        KinesisOperation.GetRecords or KinesisOperation.GetShardIterator or KinesisOperation.PutRecord or KinesisOperation.PutRecords
            or KinesisOperation.SubscribeToShard => ServicePlane.Data,
        _ => ServicePlane.Control,
    };
}
