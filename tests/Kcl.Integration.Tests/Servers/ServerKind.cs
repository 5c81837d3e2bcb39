namespace Kcl.Integration.Tests.Servers;

/// <summary>The servers with which every consumer scenario is run.</summary>
public enum ServerKind
{
    /// <summary>The embedded server, in this process.</summary>
    Embedded,

    /// <summary>kinesis-local (kinesis-mock), from npm.</summary>
    KinesisLocal,

    /// <summary>kinesalite, from npm: JSON only, no filters, no UpdateShardCount, never names the children of a shard.</summary>
    Kinesalite,
}
