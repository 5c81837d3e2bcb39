namespace Kcl.LocalKinesis.Model;

/// <summary>Returns the service's names of statuses.</summary>
internal static class StatusNames
{
    private const string Active = "ACTIVE";
    private const string Creating = "CREATING";
    private const string Updating = "UPDATING";
    private const string Deleting = "DELETING";

    /// <summary>Returns the service's name of a stream's status.</summary>
    public static string ToWireName(this StreamStatus status) => status switch
    {
        StreamStatus.Active => Active,
        StreamStatus.Creating => Creating,
        StreamStatus.Updating => Updating,
        _ => Deleting,
    };

    /// <summary>Returns the service's name of a consumer's status.</summary>
    public static string ToWireName(this ConsumerStatus status) => status switch
    {
        ConsumerStatus.Active => Active,
        ConsumerStatus.Creating => Creating,
        _ => Deleting,
    };
}
