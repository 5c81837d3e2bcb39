namespace Kcl.Retrieval;

/// <summary>Specifies what a response means for the end of the shard.</summary>
internal enum ResponseDecision
{
    /// <summary>More records may follow.</summary>
    Continues,

    /// <summary>The response is the last one, and names the child shards.</summary>
    Ended,

    /// <summary>The response is the last one, but names no child shard: the shard list decides.</summary>
    MayHaveEnded,

    /// <summary>The response contradicts itself and is discarded.</summary>
    Invalid,
}
