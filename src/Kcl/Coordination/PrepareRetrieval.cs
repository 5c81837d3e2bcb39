using Kcl.Kinesis;

namespace Kcl.Coordination;

/// <summary>Makes sure that records can be retrieved, before the first shard is.</summary>
/// <param name="stream">The stream, as the service described it.</param>
/// <param name="asked">When it was asked to.</param>
/// <param name="cancellationToken">Stops waiting.</param>
internal delegate Task PrepareRetrieval(StreamDescriptionSummary stream, DateTimeOffset asked, CancellationToken cancellationToken);
