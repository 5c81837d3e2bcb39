using System.Globalization;

namespace Kcl.Simulation;

/// <summary>The events of a simulation, and the first violation of an invariant.</summary>
internal sealed class Timeline(VirtualTime time, int kept)
{
    private readonly Queue<string> _events = [];
    private readonly List<string> _atViolation = [];

    /// <summary>Gets the first violation; null if there is none.</summary>
    public string? Violation { get; private set; }

    /// <summary>Gets the events before the violation; the last events if there is none.</summary>
    public IReadOnlyList<string> Events => Violation is null ? [.. _events] : _atViolation;

    public void Add(string what)
    {
        if (_events.Count == kept)
        {
            _events.Dequeue();
        }

        _events.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{time.Now.TotalSeconds,8:0.000}  {what}"));
    }

    /// <summary>Records the violation of an invariant.</summary>
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
