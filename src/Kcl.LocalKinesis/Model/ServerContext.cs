using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Model;

/// <summary>The objects that the operations of one server share, except its streams.</summary>
internal sealed class ServerContext
{
    public ServerContext(LocalKinesisOptions options, ServerClock clock, TokenSigner signer, CancellationToken stopping)
    {
        Options = options;
        Clock = clock;
        Signer = signer;
        Stopping = stopping;
        Errors = new(options.AccountId, options.Region);
    }

    public LocalKinesisOptions Options { get; }

    public ServerClock Clock { get; }

    public TokenSigner Signer { get; }

    /// <summary>Gets a token that is canceled when the server stops.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Gets the errors that name the account.</summary>
    public ServiceErrors Errors { get; }

    /// <summary>Gets the duration of a change of status, in milliseconds.</summary>
    public long ChangeDelay => (long)Options.StateChangeDelay.TotalMilliseconds;

    /// <summary>Throws if a stream is not active, because only active streams can be changed.</summary>
    /// <exception cref="ServiceErrorException">The stream is not active.</exception>
    public void ThrowIfNotActive(StreamModel stream)
    {
        if (stream.Status != StreamStatus.Active)
        {
            throw Errors.StreamNotActive(stream.Name, stream.Status.ToWireName());
        }
    }

    /// <summary>Returns the ARN of a stream.</summary>
    public string ArnOf(StreamModel stream) => $"arn:aws:kinesis:{Options.Region}:{Options.AccountId}:stream/{stream.Name}";
}
