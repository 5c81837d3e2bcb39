using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Distinguishes the answer to an action from messages that the child sent before it.</summary>
internal sealed class ChildAnswerMatcher
{
    // A child that answers twice is a few answers behind when batches follow each other closely.
    private const int MaxLateAnswers = 8;

    private string? _action;
    private string? _answered;
    private int _early;
    private int _late;

    /// <summary>Starts an action.</summary>
    /// <param name="action">The name of the action.</param>
    /// <param name="early">The number of unread messages that the child sent before the action.</param>
    public void Begin(string action, int early)
    {
        _action = action;
        _early = early;
        _late = 0;
    }

    /// <summary>Counts a message that was read.</summary>
    /// <returns>Whether the child sent it before the action.</returns>
    public bool TakeEarly() => _early-- > 0;

    /// <summary>Classifies a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="isEarly">Whether the child sent it before the action.</param>
    public ChildAnswer Classify(in ChildMessage status, bool isEarly)
    {
        if (isEarly)
        {
            return ChildAnswer.Stale;
        }

        if (status.Name == _action)
        {
            _answered = _action;
            return ChildAnswer.Answer;
        }

        // The previous answer again, too late to be dropped before this action began.
        return status.Name == _answered && _late++ < MaxLateAnswers ? ChildAnswer.Stale : ChildAnswer.Wrong;
    }

    /// <summary>Forgets the previous answer: another child follows.</summary>
    public void Reset() => _answered = null;
}
