using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>Decodes the body of a response, whose buffer it may take over.</summary>
internal delegate T ResponseDecoder<out T>(ResponseBody body, WireFormat format);
