namespace Kcl.LocalKinesis.Model;

/// <summary>The status of a consumer.</summary>
internal enum ConsumerStatus
{
    Active,
    Creating,
    Deleting,
}
