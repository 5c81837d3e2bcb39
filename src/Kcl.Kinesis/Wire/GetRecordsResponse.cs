using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Wire;

/// <summary>Makes a <see cref="GetRecordsResult"/> of a response whose buffer it takes over.</summary>
internal static class GetRecordsResponse
{
    /// <summary>The most records the service puts into one response.</summary>
    public const int MostRecords = 10_000;

    /// <summary>Reads a response.</summary>
    /// <param name="body">The response; the result owns it when this returns.</param>
    /// <param name="format">How it is written.</param>
    public static GetRecordsResult Read(ResponseBody body, WireFormat format) =>
        format == WireFormat.Cbor ? GetRecordsCbor.Read(body.TakeOver()) : GetRecordsJson.Read(body.TakeOver());

    /// <summary>How large a list to start with once its first record is known: what the bytes left can hold, within the service's limit.</summary>
    public static int Capacity(int bytesOfFirst, int bytesLeft) => Math.Min(MostRecords, 1 + (bytesLeft / Math.Max(1, bytesOfFirst)));
}
