using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Diagnostics;

/// <summary>A formatted log entry: its text, and copies of its values. The loggers of the host receive it as the state.</summary>
internal sealed class LogEntry : IReadOnlyList<KeyValuePair<string, object?>>
{
    // The approximate size of an entry without its texts.
    private const int BytesOfEntry = 200;
    private const int BytesOfValue = 64;

    private readonly LogLevel _level;
    private readonly EventId _eventId;
    private readonly string _text;
    private readonly KeyValuePair<string, object?>[] _values;
    private readonly Exception? _exception;
    private readonly ExecutionContext? _context;

    private LogEntry(
        QueuedLogger logger, LogLevel level, EventId eventId, string text, KeyValuePair<string, object?>[] values, Exception? exception)
    {
        Logger = logger;
        _level = level;
        _eventId = eventId;
        _text = text;
        _values = values;
        _exception = exception;

        // The host correlates logs and traces by the current activity. The context also restores an activity that has stopped in the
        // meantime; the setter of Activity.Current does not accept one.
        _context = Activity.Current is null ? null : ExecutionContext.Capture();
        Size = BytesOfEntry + (sizeof(char) * text.Length) + (BytesOfValue * values.Length);
        foreach (var (_, value) in values)
        {
            Size += value is string copied ? sizeof(char) * copied.Length : 0;
        }
    }

    /// <summary>Gets the logger that received the entry.</summary>
    public QueuedLogger Logger { get; }

    /// <summary>Gets the approximate size in memory, in bytes.</summary>
    public int Size { get; }

    /// <inheritdoc />
    public int Count => _values.Length;

    /// <inheritdoc />
    public KeyValuePair<string, object?> this[int index] => _values[index];

    /// <summary>Creates an entry; never throws.</summary>
    /// <param name="logger">The logger that received the entry.</param>
    /// <param name="level">The level.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="state">The values of the entry; not used after the method returns.</param>
    /// <param name="exception">The exception; null if there is none.</param>
    /// <param name="formatter">Creates the text.</param>
    public static LogEntry Create<TState>(
        QueuedLogger logger,
        LogLevel level,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            return new(logger, level, eventId, formatter(state, exception) ?? "", Copy(state), exception);
        }
#pragma warning disable CA1031 // A value that cannot be formatted must not reach the caller.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new(logger, level, eventId, $"An entry could not be formatted: {failure.GetType().Name}", [], exception);
        }
    }

    /// <summary>Passes the entry to the host's logger.</summary>
    /// <param name="host">The host's logger.</param>
    public void PassTo(ILogger host)
    {
        if (!Logger.IsEnabled(_level))
        {
            return;
        }

        if (_context is null)
        {
            Log(host);
        }
        else
        {
            ExecutionContext.Run(_context, _ => Log(host), state: null);
        }
    }

    /// <inheritdoc />
    public override string ToString() => _text;

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Log(ILogger host) => host.Log(_level, _eventId, this, _exception, static (entry, _) => entry._text);

    private static KeyValuePair<string, object?>[] Copy<TState>(TState state)
    {
        switch (state)
        {
            case IReadOnlyList<KeyValuePair<string, object?>> list:
                var values = new KeyValuePair<string, object?>[list.Count];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Copy(list[i]);
                }

                return values;
            case IEnumerable<KeyValuePair<string, object?>> other:
                return [.. other.Select(Copy)];
            default:
                return [];
        }
    }

    private static KeyValuePair<string, object?> Copy(KeyValuePair<string, object?> value) =>
        new(value.Key, value.Value is { } other && !IsImmutable(other) ? GetText(other) : value.Value);

    // Any other value could change or be reused before the host reads it.
    private static bool IsImmutable(object value) =>
        value is IConvertible or TimeSpan or DateTimeOffset or Guid or Uri or Version
        || (value is ValueType
            && value.GetType().Namespace is { } name
            && (name == nameof(Kcl) || name.StartsWith("Kcl.", StringComparison.Ordinal)));

    private static string? GetText(object value) => value is IEnumerable list and not IFormattable
        ? string.Join(", ", list.Cast<object?>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? "(null)"))
        : Convert.ToString(value, CultureInfo.InvariantCulture);
}
