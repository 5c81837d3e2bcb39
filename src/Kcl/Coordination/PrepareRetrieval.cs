using Kcl.Kinesis;

namespace Kcl.Coordination;

/// <summary>Ensures that records can be retrieved. Called before the first shard is read.</summary>
/// <param name="stream">The description of the stream.</param>
/// <param name="requestedAt">When the description was requested, by the clock of this machine.</param>
/// <param name="cancellationToken">Cancels the operation.</param>
internal delegate Task PrepareRetrieval(StreamDescriptionSummary stream, DateTimeOffset requestedAt, CancellationToken cancellationToken);
