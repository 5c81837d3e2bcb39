using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations.Reading;

/// <summary>The request and response of GetRecords.</summary>
internal static class GetRecordsCodec
{
    /// <summary>The maximum number of records that the service returns in one response.</summary>
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
    /// Returns the capacity of a list after its first record was read: the number of records of this size that the remaining bytes can
    /// contain, at most <see cref="MaxRecords"/>.
    /// </summary>
    public static int GetCapacity(int bytesOfFirst, int bytesLeft) => Math.Min(MaxRecords, 1 + (bytesLeft / Math.Max(1, bytesOfFirst)));
}
