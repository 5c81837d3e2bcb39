namespace Kcl;

/// <summary>The input of <see cref="IShardRecordProcessor.LeaseLostAsync"/>. It has no members yet.</summary>
public sealed class LeaseLostInput;
