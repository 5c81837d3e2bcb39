namespace Kcl.Kinesis.Endpoints;

/// <summary>Determines the plane of an operation (service model, kinesis/2013-12-02).</summary>
internal static class ServicePlanes
{
    /// <summary>Returns the plane of an operation.</summary>
    public static ServicePlane Of(KinesisOperation operation) => operation switch
    {
        KinesisOperation.CreateStream or KinesisOperation.ListStreams => ServicePlane.None,
        KinesisOperation.GetRecords or KinesisOperation.GetShardIterator or KinesisOperation.PutRecord or KinesisOperation.PutRecords
            or KinesisOperation.SubscribeToShard => ServicePlane.Data,
        _ => ServicePlane.Control,
    };
}
