using Kcl.Internal;

namespace Kcl.Unit.Tests.Abstractions;

public class OptionsProblemsTests
{
    [Fact]
    public void Values_within_their_limits_are_no_problem()
    {
        var problems = new OptionsProblems()
            .AtLeast("A", 1, 1)
            .MoreThan("B", 2, 1)
            .Between("C", 10, 1, 10)
            .NotEmpty("D", "x")
            .NotNull("E", new object())
            .Name("F", "a-Z_0.9")
            .Duration("H", TimeSpan.Zero, TimeSpan.Zero)
            .Duration("I", OptionsProblems.MaxDuration, TimeSpan.Zero)
            .PositiveDuration("J", OptionsProblems.MaxDuration)
            .Endpoint("K", null)
            .Endpoint("L", new("https://kinesis.example:443/path"))
            .Region("M", null)
            .Region("N", "us-gov-west-1")
            .Require(true, "never")
            .Nested("G", []);

        Assert.Empty(problems.All);
        OptionsProblems.ThrowIfAny("The options", problems.All);
    }

    [Fact]
    public void Every_problem_names_the_option_its_value_and_what_is_accepted()
    {
        var problems = new OptionsProblems()
            .AtLeast("MaxRecords", 0, 1)
            .MoreThan("Timeout", TimeSpan.Zero, TimeSpan.Zero, "a call takes time")
            .Between("Limit", 20_000, 1, 10_000)
            .NotEmpty("Region", " ", "Set AWS_REGION.")
            .NotNull("Endpoint", null)
            .Name("Stream", "a b")
            .Duration("Pause", TimeSpan.FromSeconds(-1), TimeSpan.Zero, "time passes")
            .Duration("Pause", TimeSpan.FromDays(25), TimeSpan.Zero, "time passes")
            .PositiveDuration("Wait", TimeSpan.Zero)
            .PositiveDuration("Wait", TimeSpan.MaxValue)
            .Endpoint("Url", new("/path", UriKind.Relative))
            .Endpoint("Url", new("ftp://localhost"))
            .Region("Place", "us east")
            .Nested("Put", new OptionsProblems().AtLeast("MaxAttempts", -1, 1).All);

        Assert.Equal(
            [
                "MaxRecords is 0; it must be at least 1.",
                "Timeout is 00:00:00; it must be more than 00:00:00: a call takes time.",
                "Limit is 20000; it must be between 1 and 10000.",
                "Region is empty; it must be set. Set AWS_REGION.",
                "Endpoint is not set; it must be set.",
                "Stream is 'a b'; it must be 1 to 128 characters from a-z, A-Z, 0-9, '_', '.' and '-'.",
                "Pause is -00:00:01; it must be at least 00:00:00: time passes.",
                "Pause is 25.00:00:00; it must be at most 24.20:31:23.6470000.",
                "Wait is 00:00:00; it must be more than 00:00:00.",
                "Wait is 10675199.02:48:05.4775807; it must be at most 24.20:31:23.6470000.",
                "Url is '/path'; it must be an absolute http or https URL, for example http://127.0.0.1:4567.",
                "Url is 'ftp://localhost/'; it must be an absolute http or https URL, for example http://127.0.0.1:4567.",
                "Place is 'us east'; it must be a region such as us-east-1.",
                "Put.MaxAttempts is -1; it must be at least 1.",
            ],
            problems.All);
    }

    [Fact]
    public void One_problem_is_thrown_in_one_line()
    {
        var failure = Assert.Throws<ConfigurationException>(() => OptionsProblems.ThrowIfAny(
            "The options of X",
            ["A is 0; it must be at least 1."]));

        Assert.Equal("The options of X are not valid: A is 0; it must be at least 1.", failure.Message);
    }

    [Fact]
    public void Several_problems_are_thrown_as_a_list()
    {
        var failure = Assert.Throws<ConfigurationException>(() => OptionsProblems.ThrowIfAny(
            "The options of X",
            ["A is wrong.", "B is wrong."]));

        Assert.Equal(["The options of X are not valid:", "- A is wrong.", "- B is wrong."], failure.Message.Split(Environment.NewLine));
    }
}
