namespace Kcl.EndToEnd;

/// <summary>Takes records and does nothing with them but count.</summary>
internal sealed class IdleProcessor(Action<int>? count = null) : ShardRecordProcessor
{
    public override ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        count?.Invoke(input.Records.Count);
        return ValueTask.CompletedTask;
    }
}
