namespace Kcl.EndToEnd;

/// <summary>Counts the records, and does nothing else with them.</summary>
internal sealed class IdleProcessor(Action<int>? count = null) : ShardRecordProcessor
{
    public override ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        count?.Invoke(input.Records.Count);
        return ValueTask.CompletedTask;
    }
}
