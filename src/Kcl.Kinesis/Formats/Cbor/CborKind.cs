namespace Kcl.Kinesis.Formats.Cbor;

/// <summary>The kind of the next item of a CBOR document.</summary>
internal enum CborKind
{
    /// <summary>The end of the document.</summary>
    End,

    /// <summary>An integer of either sign.</summary>
    Integer,

    /// <summary>A byte string, in one piece or in chunks.</summary>
    Bytes,

    /// <summary>A text string, in one piece or in chunks.</summary>
    Text,

    /// <summary>An array, of known or unknown length.</summary>
    Array,

    /// <summary>A map, of known or unknown length.</summary>
    Map,

    /// <summary>A tag, which specifies the meaning of the item after it.</summary>
    Tag,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Null or undefined.</summary>
    Null,

    /// <summary>A floating-point number of 16, 32 or 64 bits.</summary>
    Float,

    /// <summary>A simple value that this reader does not use.</summary>
    Simple,

    /// <summary>The end of a map or array of unknown length.</summary>
    Break,
}
