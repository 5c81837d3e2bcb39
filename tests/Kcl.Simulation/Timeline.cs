using System.Globalization;

namespace Kcl.Simulation;

/// <summary>What happened, and the first thing that must not happen.</summary>
internal sealed class Timeline(VirtualTime time, int kept)
{
    private readonly Queue<string> _events = [];
    private readonly List<string> _atViolation = [];

    /// <summary>The first broken invariant; null while all hold.</summary>
    public string? Violation { get; private set; }

    /// <summary>The events before the violation, or the last ones.</summary>
    public IReadOnlyList<string> Events => Violation is null ? [.. _events] : _atViolation;

    public void Add(string what)
    {
        if (_events.Count == kept)
        {
            _events.Dequeue();
        }

        _events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{time.Now.TotalSeconds,8:0.000}  {what}"));
    }

    /// <summary>An invariant is broken.</summary>
    public void Break(string what)
    {
        if (Violation is null)
        {
            Add("BROKEN: " + what);
            Violation = what;
            _atViolation.AddRange(_events);
        }
    }
}
