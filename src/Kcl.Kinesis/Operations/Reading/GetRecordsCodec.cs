using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Reading;

/// <summary>The request and response of GetRecords.</summary>
internal static class GetRecordsCodec
{
    /// <summary>The most records that the service returns in one response.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>Writes the request.</summary>
    public static ReadOnlyMemory<byte> Write(WireFormat format, GetRecordsRequest request)
    {
        var writer = RequestMembers.Start(format);
        writer.WriteText("ShardIterator"u8, request.ShardIterator);
        writer.WriteOptionalInteger("Limit"u8, request.Limit);
        writer.WriteStreamArn(request.Stream);
        return writer.End();
    }

    /// <summary>Reads the response.</summary>
    /// <param name="body">The response; the result owns it afterwards.</param>
    /// <param name="format">Its format.</param>
    public static GetRecordsResult Read(ResponseBody body, WireFormat format) =>
        format == WireFormat.Cbor ? GetRecordsCbor.Read(body.TakeOver()) : GetRecordsJson.Read(body.TakeOver());

    /// <summary>
    /// Returns the initial capacity of a list once its first record is known: what the remaining bytes can hold, within the service's
    /// limit.
    /// </summary>
    public static int GetCapacity(int bytesOfFirst, int bytesLeft) => Math.Min(MaxRecords, 1 + (bytesLeft / Math.Max(1, bytesOfFirst)));
}
