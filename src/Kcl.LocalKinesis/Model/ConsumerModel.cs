namespace Kcl.LocalKinesis.Model;

/// <summary>A consumer registered for enhanced fan-out.</summary>
/// <param name="Name">The name, unique within the stream.</param>
/// <param name="CreatedAt">When it was registered, in milliseconds since the epoch; part of its ARN.</param>
/// <param name="ActiveAt">When it becomes, or became, active.</param>
/// <param name="GoneAt">When its deletion is complete; null unless it is being deleted.</param>
internal sealed record ConsumerModel(string Name, long CreatedAt, long ActiveAt, long? GoneAt)
{
    /// <summary>Returns the status at an instant.</summary>
    public ConsumerStatus StatusAt(long now)
    {
        if (GoneAt is not null)
        {
            return ConsumerStatus.Deleting;
        }

        return now < ActiveAt ? ConsumerStatus.Creating : ConsumerStatus.Active;
    }
}
