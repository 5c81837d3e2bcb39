namespace Kcl.LocalKinesis.RecordLog;

/// <summary>Consecutive whole records in one buffer.</summary>
/// <param name="Bytes">The records, as <see cref="RecordLayout"/> describes them.</param>
/// <param name="Count">The number of records.</param>
internal readonly record struct RecordRun(ReadOnlyMemory<byte> Bytes, int Count);
