using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>
/// Decodes a response. The decoder may take ownership of the buffer of <paramref name="body"/>; the caller must then not reuse it.
/// </summary>
internal delegate T ResponseDecoder<out T>(ResponseBody body, WireFormat format);
