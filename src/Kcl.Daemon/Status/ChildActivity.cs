namespace Kcl.Daemon.Status;

/// <summary>Tracks the status of the successive children of one shard. All members are thread-safe.</summary>
internal sealed class ChildActivity
{
    private readonly Lock _gate = new();
    private ChildStatus _status = ChildStatus.None;

    /// <summary>Gets the current status.</summary>
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

    /// <summary>Records that a child was started.</summary>
    /// <param name="processId">The child's process id.</param>
    /// <param name="checkpoint">The checkpoint at which it starts.</param>
    public void OnStarted(int processId, ExtendedSequenceNumber checkpoint) =>
        Change(s => s with { State = ChildState.Starting, ProcessId = processId, Checkpoint = checkpoint, Starts = s.Starts + 1 });

    /// <summary>Changes the state.</summary>
    /// <param name="state">The new state.</param>
    public void SetState(ChildState state) => Change(s => s with { State = state });

    /// <summary>Records that a batch was answered.</summary>
    /// <param name="records">The number of records in the batch.</param>
    public void OnAnswered(int records) => Change(s => s with { State = ChildState.Ready, Answered = s.Answered + records });

    /// <summary>Records a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public void OnCheckpointed(ExtendedSequenceNumber checkpoint) => Change(s => s with { Checkpoint = checkpoint });

    /// <summary>Records that the child has ended.</summary>
    public void OnStopped() =>
        Change(s => s with { State = s.State == ChildState.ShardEnded ? s.State : ChildState.None, ProcessId = null });

    private void Change(Func<ChildStatus, ChildStatus> change)
    {
        lock (_gate)
        {
            _status = change(_status);
        }
    }
}
