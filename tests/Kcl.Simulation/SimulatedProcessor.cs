namespace Kcl.Simulation;

/// <summary>A processor with random behavior: it is fast or slow, throws sometimes, and checkpoints at random times.</summary>
internal sealed class SimulatedProcessor(
    Session session,
    Invariants invariants,
    VirtualClock clock,
    Random random,
    Func<bool> calm) : IShardRecordProcessor, IDisposable
{
    private CancellationTokenRegistration _registration;

    public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        Throw(0.03);
        invariants.Started(session, input.Position);
        _registration.Dispose();
        _registration = cancellationToken.UnsafeRegister(static state =>
        {
            var (invariants, session) = ((Invariants, Session))state!;
            invariants.Cancelled(session);
        }, (invariants, session));
        return ValueTask.CompletedTask;
    }

    public async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        invariants.Delivered(session, input.Records);
        if (random.Next(3) == 0)
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(random.Next(1, calm() ? 200 : 3000)),
                clock,
                cancellationToken).ConfigureAwait(false);
        }

        Throw(0.02);
        switch (random.Next(4))
        {
            case 0:
                await CheckpointAsync(
                    () => input.Checkpointer.CheckpointAsync(
                        input.Records[random.Next(input.Records.Count)],
                        cancellationToken)).ConfigureAwait(false);
                break;
            case 1 or 2:
                await CheckpointAsync(() => input.Checkpointer.CheckpointAsync(cancellationToken)).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken)
    {
        invariants.Ended(session);
        return ValueTask.CompletedTask;
    }

    public ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        Throw(0.1);
        return ValueTask.CompletedTask;
    }

    public async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
    {
        Throw(0.05);
        await CheckpointAsync(() => input.Checkpointer.CheckpointAsync(cancellationToken)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        invariants.Ended(session);
        _registration.Dispose();
    }

    // A record before the last checkpoint, a failing store or a lost lease. The processor ignores it and continues.
    private static async ValueTask CheckpointAsync(Func<ValueTask> checkpoint)
    {
        try
        {
            await checkpoint().ConfigureAwait(false);
        }
        catch (KclException)
        {
        }
    }

    private void Throw(double share)
    {
        if (!calm() && random.NextDouble() < share)
        {
            throw new InvalidOperationException("simulated: the user's code failed");
        }
    }
}
