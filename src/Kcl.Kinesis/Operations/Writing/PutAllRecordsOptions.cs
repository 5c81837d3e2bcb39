namespace Kcl.Kinesis;

/// <summary>How patiently <see cref="KinesisClientExtensions.PutAllRecordsAsync"/> puts failed records again.</summary>
public sealed class PutAllRecordsOptions
{
    /// <summary>How often a record is put at most.</summary>
    /// <value>10.</value>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The upper end of the first pause, which doubles from round to round. A pause is drawn evenly between nothing and its upper end.</summary>
    /// <value>100 milliseconds.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);
}
