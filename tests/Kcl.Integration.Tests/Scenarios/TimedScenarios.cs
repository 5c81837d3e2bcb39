namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Scenarios that measure durations. They run one at a time, and no other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedScenarios
{
    public const string Name = "timed";
}
