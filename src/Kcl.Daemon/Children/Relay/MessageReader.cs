using System.Text;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Finds the messages in what a child writes to stdout, and logs the rest.</summary>
/// <param name="output">The child's stdout.</param>
/// <param name="shardId">The shard.</param>
/// <param name="logger">Logs the lines that are not messages.</param>
/// <param name="time">The clock.</param>
/// <param name="accept">Accepts a message; returns false if no more messages can be accepted.</param>
internal sealed class MessageReader(Stream output, ShardId shardId, ILogger logger, TimeProvider time, Func<ChildMessage, bool> accept)
    : OutputReader(output, new LineSplitter(MaxMessageLength), time)
{
    // Messages have a few hundred bytes, so a longer line is not a message.
    private const int MaxMessageLength = 64 * 1024;
    private const int MaxLoggedLength = 512;
    private const int MaxNoisePerPeriod = 100;
    private static readonly TimeSpan NoisePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstSilenceWarning = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilenceInterval = TimeSpan.FromMinutes(1);

    private readonly OutputLimiter _limiter = new(MaxNoisePerPeriod, long.MaxValue, NoisePeriod, time);
    private readonly HashSet<MessageDoubt> _warnedReasons = [];
    private ChildFraming _framing;
    private string? _call = ActionNames.Initialize;
    private bool _acceptedWarningLogged;
    private string? _refusedLine;
    private long _refusedAt;
    private TimeSpan _silenceDue;

    /// <summary>
    /// Gets or sets the action that the child must answer; null between two actions. Must be set before the action is written.
    /// </summary>
    public string? Call
    {
        get => Volatile.Read(ref _call);
        set => Volatile.Write(ref _call, value);
    }

    /// <summary>Gets a value indicating whether reading ended because a message could not be accepted.</summary>
    public bool IsFlooded { get; private set; }

    /// <summary>Gets the last line if it looks like a message but was not accepted as one; otherwise, null.</summary>
    public string? RefusedLine => Volatile.Read(ref _refusedLine);

    /// <inheritdoc />
    protected override TimeSpan? SilenceTimeout
    {
        get
        {
            var report = _limiter.ReportDue;
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
        var decision = ChildMessageRules.Decide(parsed, line.Follows, _framing, Call);
        if (decision.IsMessage)
        {
            _framing = ChildMessageRules.DetectFraming(parsed, line.Follows, _framing);
            WarnOfAccepted(text, decision.Doubt);
            IsFlooded = !accept(message);
            return !IsFlooded;
        }

        if (message.Kind == ChildMessageKind.Other)
        {
            logger.UnexpectedMessage(shardId, message.Name);
        }
        else if (message.Kind != ChildMessageKind.Nothing)
        {
            WarnOfRefused(text, decision.Doubt);
            LogNoise(text);
        }

        return true;
    }

    /// <inheritdoc />
    protected override void OnSilence()
    {
        ReportSuppressed(atEnd: false);
        var silence = Time.GetElapsedTime(_refusedAt);
        if (_refusedLine is { } line && silence >= _silenceDue)
        {
            _silenceDue = silence + SilenceInterval;
            if (Call is not null)
            {
                logger.SilentAfterRefusal(shardId, TimeSpan.FromSeconds(Math.Round(silence.TotalSeconds)), line);
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEnd() => ReportSuppressed(atEnd: true);

    private void WarnOfAccepted(ReadOnlySpan<byte> line, MessageDoubt doubt)
    {
        if (doubt != MessageDoubt.None && !_acceptedWarningLogged)
        {
            _acceptedWarningLogged = true;
            logger.DoubtfulMessage(shardId, Describe(doubt), ToLogText(line));
        }
    }

    private void WarnOfRefused(ReadOnlySpan<byte> line, MessageDoubt doubt)
    {
        if (doubt == MessageDoubt.None)
        {
            return;
        }

        _refusedAt = Time.GetTimestamp();
        _silenceDue = FirstSilenceWarning;
        Volatile.Write(ref _refusedLine, ToLogText(line));
        if (_warnedReasons.Add(doubt))
        {
            logger.MessageRefused(shardId, Describe(doubt), _refusedLine!);
        }
    }

    private void LogNoise(ReadOnlySpan<byte> line)
    {
        ReportSuppressed(atEnd: false);
        if (_limiter.TryPass(line.Length) && logger.IsEnabled(LogLevel.Information))
        {
            logger.Noise(shardId, ToLogText(line), line.Length);
        }
    }

    private void ReportSuppressed(bool atEnd)
    {
        if (_limiter.TryReport(out var suppressed, atEnd))
        {
            logger.NoiseSuppressed(shardId, suppressed.Lines, suppressed.Bytes);
        }
    }

    private static string ToLogText(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxLoggedLength)]);

    private static string Describe(MessageDoubt doubt) => doubt switch
    {
        MessageDoubt.OtherText => "there is other text on the line",
        MessageDoubt.UnknownKeys => "it has keys that are not in the protocol",
        MessageDoubt.RepeatedKeys => "it has a key twice or two different sequence numbers",
        MessageDoubt.NoEmptyLine => "this child's library writes an empty line before each message, and this one has none",
        _ => "",
    };
}
