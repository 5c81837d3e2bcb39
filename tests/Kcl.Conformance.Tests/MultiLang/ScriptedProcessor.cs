namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>A processor that runs the test's code in each call, and records the calls.</summary>
internal sealed class ScriptedProcessor : IShardRecordProcessor, IDisposable
{
    public List<string> Calls { get; } = [];

    public InitializationInput? Initialization { get; private set; }

    public List<KinesisRecord> Records { get; } = [];

    public bool IsDisposed { get; private set; }

    public Func<string, ICheckpointer?, CancellationToken, ValueTask> OnCall { get; init; } = (_, _, _) => ValueTask.CompletedTask;

    public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        Initialization = input;
        return CallAsync("initialize", null, cancellationToken);
    }

    public ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        Records.AddRange(input.Records);
        return CallAsync("processRecords", input.Checkpointer, cancellationToken);
    }

    public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) =>
        CallAsync("leaseLost", null, cancellationToken);

    public ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) =>
        CallAsync("shardEnded", input.Checkpointer, cancellationToken);

    public ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
        CallAsync("shutdownRequested", input.Checkpointer, cancellationToken);

    public void Dispose() => IsDisposed = true;

    private ValueTask CallAsync(string call, ICheckpointer? checkpointer, CancellationToken cancellationToken)
    {
        Calls.Add(call);
        return OnCall(call, checkpointer, cancellationToken);
    }
}
