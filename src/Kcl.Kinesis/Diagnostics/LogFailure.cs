namespace Kcl.Kinesis.Diagnostics;

/// <summary>Describes exceptions of log providers.</summary>
internal static class LogFailure
{
    /// <summary>Returns the type and the message of an exception; never throws.</summary>
    /// <param name="exception">The exception of the provider, or of a logger that collected those of several providers.</param>
    public static string Describe(Exception exception)
    {
        var cause = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
        try
        {
            return $"{cause.GetType().Name}: {cause.Message}";
        }
#pragma warning disable CA1031 // The message of a provider's exception may throw, too.
        catch (Exception)
#pragma warning restore CA1031
        {
            return cause.GetType().Name;
        }
    }
}
