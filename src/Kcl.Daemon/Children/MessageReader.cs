using System.Text;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>Finds the messages in what a child writes to stdout, and logs the rest.</summary>
/// <param name="output">The child's stdout.</param>
/// <param name="shardId">Its shard.</param>
/// <param name="logger">Where what is no message goes.</param>
/// <param name="time">The clock.</param>
/// <param name="accept">Takes a message; returns false where no more can be taken.</param>
internal sealed class MessageReader(Stream output, ShardId shardId, ILogger logger, TimeProvider time, Func<ChildMessage, bool> accept)
    : OutputReader(output, new LineSplitter(MaxMessageLength), time)
{
    // Messages are a few hundred bytes; whatever is longer is no message.
    private const int MaxMessageLength = 64 * 1024;
    private const int MaxLoggedLength = 512;
    private const int MaxNoisePerPeriod = 100;
    private static readonly TimeSpan NoisePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenSilences = TimeSpan.FromMinutes(1);

    private readonly OutputGate _gate = new(MaxNoisePerPeriod, long.MaxValue, NoisePeriod, time);
    private readonly HashSet<MessageDoubt> _warnedOfRefused = [];
    private ChildFraming _framing;
    private string? _call = ActionNames.Initialize;
    private bool _warnedOfAccepted;
    private string? _refusedLine;
    private long _refusedAt;
    private TimeSpan _silenceDue;

    /// <summary>Gets or sets the action that the child has to answer; null between two. Set before the action is written.</summary>
    public string? Call
    {
        get => Volatile.Read(ref _call);
        set => Volatile.Write(ref _call, value);
    }

    /// <summary>Whether reading was given up because a message could not be taken.</summary>
    public bool IsFlooded { get; private set; }

    /// <summary>The last line, if it looks like a message and was not taken for one.</summary>
    public string? RefusedLine => Volatile.Read(ref _refusedLine);

    /// <inheritdoc />
    protected override TimeSpan? Patience
    {
        get
        {
            var report = _gate.ReportDue;
            if (_refusedLine is null)
            {
                return report;
            }

            var silence = _silenceDue - Time.GetElapsedTime(_refusedAt);
            var next = report < silence ? report.Value : silence;
            return next > TimeSpan.Zero ? next : TimeSpan.Zero;
        }
    }

    /// <inheritdoc />
    protected override bool TryHandle(in OutputLine line)
    {
        Volatile.Write(ref _refusedLine, null);
        var text = line.Text.Span;
        var parsed = ChildMessageParser.Parse(text);
        if (!line.IsWhole)
        {
            parsed = parsed with { Traits = parsed.Traits | ChildLineTraits.OtherText };
        }

        var (message, _) = parsed;
        var verdict = ChildMessageRules.Decide(parsed, line.Follows, _framing, Call);
        if (verdict.IsMessage)
        {
            _framing = ChildMessageRules.Learn(parsed, line.Follows, _framing);
            WarnOfAccepted(text, verdict.Doubt);
            IsFlooded = !accept(message);
            return !IsFlooded;
        }

        if (message.Kind == ChildMessageKind.Other)
        {
            logger.UnexpectedMessage(shardId, message.Name);
        }
        else if (message.Kind != ChildMessageKind.Nothing)
        {
            WarnOfRefused(text, verdict.Doubt);
            LogNoise(text);
        }

        return true;
    }

    /// <inheritdoc />
    protected override void OnSilence()
    {
        Report(false);
        var silence = Time.GetElapsedTime(_refusedAt);
        if (_refusedLine is { } line && silence >= _silenceDue)
        {
            _silenceDue = silence + BetweenSilences;
            if (Call is not null)
            {
                logger.SilentAfterRefusal(shardId, TimeSpan.FromSeconds(Math.Round(silence.TotalSeconds)), line);
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEnd() => Report(true);

    private void WarnOfAccepted(ReadOnlySpan<byte> line, MessageDoubt doubt)
    {
        if (doubt != MessageDoubt.None && !_warnedOfAccepted)
        {
            _warnedOfAccepted = true;
            logger.DoubtfulMessage(shardId, Reason(doubt), Shown(line));
        }
    }

    private void WarnOfRefused(ReadOnlySpan<byte> line, MessageDoubt doubt)
    {
        if (doubt == MessageDoubt.None)
        {
            return;
        }

        (_refusedAt, _silenceDue) = (Time.GetTimestamp(), FirstSilence);
        Volatile.Write(ref _refusedLine, Shown(line));
        if (_warnedOfRefused.Add(doubt))
        {
            logger.MessageRefused(shardId, Reason(doubt), _refusedLine!);
        }
    }

    private void LogNoise(ReadOnlySpan<byte> line)
    {
        Report(false);
        if (_gate.Pass(line.Length) && logger.IsEnabled(LogLevel.Information))
        {
            logger.Noise(shardId, Shown(line), line.Length);
        }
    }

    private void Report(bool atEnd)
    {
        if (_gate.TryReport(out var suppressed, atEnd))
        {
            logger.NoiseSuppressed(shardId, suppressed.Lines, suppressed.Bytes);
        }
    }

    private static string Shown(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxLoggedLength)]);

    private static string Reason(MessageDoubt doubt) => doubt switch
    {
        MessageDoubt.OtherText => "there is other text on the line",
        MessageDoubt.UnknownKeys => "it has keys that no message of the protocol has",
        MessageDoubt.RepeatedKeys => "it has a key twice or two different sequence numbers",
        MessageDoubt.NoEmptyLine => "this child's library writes an empty line before each message, and there is none",
        _ => "",
    };
}
