using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Responses;

/// <summary>Writes the records of responses.</summary>
internal static class RecordsResponse
{
    /// <summary>Writes the records of a read as items of a list.</summary>
    public static void WriteRecords(this ResponseWriter response, ReadPlan plan)
    {
        foreach (var run in plan.Runs)
        {
            for (var rest = run.Bytes.Span; rest.Length > 0;)
            {
                var length = RecordLayout.LengthOf(rest);
                var record = rest[..length];
                response.StartObject();
                response.WriteText("SequenceNumber"u8, RecordLayout.SequenceNumber(record));
                response.WriteTimestamp("ApproximateArrivalTimestamp"u8, RecordLayout.ArrivedAt(record));
                response.WritePayload("Data"u8, RecordLayout.Data(record));
                if (RecordLayout.HasKey(record))
                {
                    response.WriteText("PartitionKey"u8, RecordLayout.Key(record));
                }

                response.EndObject();
                rest = rest[length..];
            }
        }
    }
}
