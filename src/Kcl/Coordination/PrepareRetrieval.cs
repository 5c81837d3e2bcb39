using Kcl.Kinesis;

namespace Kcl.Coordination;

/// <summary>Makes sure that records can be retrieved. Called before the first shard is read.</summary>
/// <param name="stream">The description of the stream.</param>
/// <param name="requestedAt">When the description was requested, by the clock of this machine.</param>
/// <param name="cancellationToken">Abandons the call.</param>
internal delegate Task PrepareRetrieval(StreamDescriptionSummary stream, DateTimeOffset requestedAt, CancellationToken cancellationToken);
