namespace Kcl.LocalKinesis.Model;

/// <summary>The kind of a pending change of a stream. The names are stored in the data file.</summary>
internal enum ChangeKind
{
    Create,
    Delete,
    Split,
    Merge,
    Scale,
    Settings,
}
