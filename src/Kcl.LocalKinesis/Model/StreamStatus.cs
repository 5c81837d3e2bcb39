namespace Kcl.LocalKinesis.Model;

/// <summary>The status of a stream.</summary>
internal enum StreamStatus
{
    Active,
    Creating,
    Updating,
    Deleting,
}
