namespace Kcl.Kinesis;

/// <summary>Which stream a call is about: by name in the caller's own account and region, or by ARN.</summary>
public readonly record struct StreamIdentifier
{
    /// <summary>Names a stream of the caller's account and region.</summary>
    /// <param name="name">The name.</param>
    public StreamIdentifier(StreamName name) => Name = name;

    /// <summary>Names a stream by its ARN, in whatever account.</summary>
    /// <param name="arn">The ARN.</param>
    public StreamIdentifier(StreamArn arn) => (Name, Arn) = (arn.StreamName, arn);

    /// <summary>The stream's name.</summary>
    public StreamName Name { get; }

    /// <summary>The stream's ARN, where it was given.</summary>
    public StreamArn? Arn { get; }

    /// <summary>Names a stream of the caller's account and region.</summary>
    public static implicit operator StreamIdentifier(StreamName name) => new(name);

    /// <summary>Names a stream by its ARN.</summary>
    public static implicit operator StreamIdentifier(StreamArn arn) => new(arn);

    /// <summary>The ARN where there is one, else the name.</summary>
    public override string ToString() => Arn?.ToString() ?? Name.ToString();
}
