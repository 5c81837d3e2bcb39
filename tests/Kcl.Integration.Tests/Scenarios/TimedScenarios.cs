namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Scenarios that measure how long something takes run one at a time and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedScenarios
{
    public const string Name = "timed";
}
