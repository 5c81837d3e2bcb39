namespace Kcl.Daemon;

/// <summary>What is known of one shard's children, one after the other. Written by the shard's calls, read by whoever asks.</summary>
internal sealed class ChildActivity
{
    private readonly Lock _gate = new();
    private ChildStatus _status = ChildStatus.None;

    public ChildStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    public void Started(int processId, ExtendedSequenceNumber checkpoint) =>
        Change(s => s with { State = ChildState.Starting, ProcessId = processId, Checkpoint = checkpoint, Starts = s.Starts + 1 });

    public void Is(ChildState state) => Change(s => s with { State = state });

    public void Answered(int records) => Change(s => s with { State = ChildState.Ready, Answered = s.Answered + records });

    public void Checkpointed(ExtendedSequenceNumber checkpoint) => Change(s => s with { Checkpoint = checkpoint });

    public void Stopped() => Change(s => s with { State = s.State == ChildState.ShardEnded ? s.State : ChildState.None, ProcessId = null });

    private void Change(Func<ChildStatus, ChildStatus> change)
    {
        lock (_gate)
        {
            _status = change(_status);
        }
    }
}
