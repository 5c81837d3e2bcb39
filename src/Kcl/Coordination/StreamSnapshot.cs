using Kcl.Kinesis;

namespace Kcl.Coordination;

/// <summary>A description of the stream.</summary>
/// <param name="Summary">The description.</param>
/// <param name="RequestedAt">When it was requested, by the clock of this machine.</param>
internal sealed record StreamSnapshot(StreamDescriptionSummary Summary, DateTimeOffset RequestedAt);
