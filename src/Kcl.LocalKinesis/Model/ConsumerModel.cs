namespace Kcl.LocalKinesis.Model;

/// <summary>A consumer registered for enhanced fan-out.</summary>
/// <param name="Name">The name, unique within the stream.</param>
/// <param name="CreatedAt">The time at which it was registered, in milliseconds since the Unix epoch; part of its ARN.</param>
/// <param name="ActiveAt">The time at which it becomes active, in milliseconds since the Unix epoch.</param>
/// <param name="DeletedAt">
/// The time at which its deletion is complete, in milliseconds since the Unix epoch; null unless it is being deleted.
/// </param>
internal sealed record ConsumerModel(string Name, long CreatedAt, long ActiveAt, long? DeletedAt)
{
    /// <summary>Returns the status at a time, in milliseconds since the Unix epoch.</summary>
    public ConsumerStatus StatusAt(long now)
    {
        if (DeletedAt is not null)
        {
            return ConsumerStatus.Deleting;
        }

        return now < ActiveAt ? ConsumerStatus.Creating : ConsumerStatus.Active;
    }
}
