using Kcl.MultiLang.Protocol;

namespace Kcl.Daemon.Children.Relay;

/// <summary>Distinguishes the answer to an action from messages that the child sent before it.</summary>
internal sealed class ChildAnswerMatcher
{
    // A child that answers each action twice can have several repeated answers in the pipe.
    private const int MaxRepeatedAnswers = 8;

    private string? _currentAction;
    private string? _previousAction;
    private int _earlyMessagesLeft;
    private int _repeatedAnswers;

    /// <summary>Starts an action.</summary>
    /// <param name="action">The name of the action.</param>
    /// <param name="earlyMessages">The number of unread messages that the child sent before the action.</param>
    public void Begin(string action, int earlyMessages)
    {
        _currentAction = action;
        _earlyMessagesLeft = earlyMessages;
        _repeatedAnswers = 0;
    }

    /// <summary>Counts a message that was read.</summary>
    /// <returns>True if the child sent it before the action; otherwise, false.</returns>
    public bool CountMessage() => _earlyMessagesLeft-- > 0;

    /// <summary>Classifies a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="isEarly">Whether the child sent it before the action.</param>
    public ChildAnswer Classify(in ChildMessage status, bool isEarly)
    {
        if (isEarly)
        {
            return ChildAnswer.Stale;
        }

        if (status.Name == _currentAction)
        {
            _previousAction = _currentAction;
            return ChildAnswer.Answer;
        }

        // The child repeated its previous answer, and the repetition arrived after this action began.
        return status.Name == _previousAction && _repeatedAnswers++ < MaxRepeatedAnswers ? ChildAnswer.Stale : ChildAnswer.Wrong;
    }

    /// <summary>Clears the previous answer, because another child is started.</summary>
    public void Reset() => _previousAction = null;
}
