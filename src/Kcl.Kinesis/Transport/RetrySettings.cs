namespace Kcl.Kinesis.Transport;

/// <summary>The limits of the retries of a call.</summary>
internal readonly record struct RetrySettings(int MaxAttempts, TimeSpan BaseDelay, TimeSpan MaxDelay);
