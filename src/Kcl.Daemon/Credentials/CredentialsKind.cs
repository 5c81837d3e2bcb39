namespace Kcl.Daemon.Credentials;

/// <summary>The sources of credentials.</summary>
internal enum CredentialsKind
{
    Default,
    Environment,
    SystemProperties,
    Profile,
    WebIdentity,
    Container,
    Instance,
    ContainerOrInstance,
    Process,
    Anonymous,
    AssumeRole,
}
