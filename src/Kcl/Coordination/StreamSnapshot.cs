using Kcl.Kinesis;

namespace Kcl.Coordination;

/// <summary>A description of the stream.</summary>
/// <param name="Summary">What the service said.</param>
/// <param name="Asked">When it was asked, by this machine's clock.</param>
internal sealed record StreamSnapshot(StreamDescriptionSummary Summary, DateTimeOffset Asked);
