namespace Kcl.LocalKinesis.Http;

/// <summary>The kind of a value in a request, independent of the encoding.</summary>
internal enum RequestKind
{
    Null,
    Boolean,
    Integer,
    Number,
    Text,
    Bytes,
    Array,
    Map,
}
