namespace Kcl.Leasing;

/// <summary>
/// What a write does to a row: creates it, updates some of its attributes, or deletes it. <see cref="LeaseRow"/> holds the meaning.
/// </summary>
public abstract record LeaseChange
{
    private protected LeaseChange()
    {
    }
}
