namespace Kcl.LocalKinesis.Model;

/// <summary>The kind of a change of a stream that is under way. The names are stored in the data file.</summary>
internal enum ChangeKind
{
    Create,
    Delete,
    Split,
    Merge,
    Scale,
    Settings,
}
