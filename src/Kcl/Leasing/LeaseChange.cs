namespace Kcl.Leasing;

/// <summary>
/// What a write does to a row: it creates the row, updates some of its attributes, or deletes it. <see cref="LeaseRow"/> defines the
/// meaning.
/// </summary>
public abstract record LeaseChange
{
    private protected LeaseChange()
    {
    }
}
