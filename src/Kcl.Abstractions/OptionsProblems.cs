using System.Globalization;

namespace Kcl;

/// <summary>Collects the problems of an options object, so that one exception can list all of them.</summary>
/// <example><c>new OptionsProblems().AtLeast(nameof(MaxRecords), MaxRecords, 1).NotEmpty(nameof(Region), Region).All</c></example>
internal sealed class OptionsProblems
{
    /// <summary>
    /// The longest duration that an option accepts: about 24.8 days. It is the longest that every timer of .NET and of the AWS SDK accepts,
    /// and leaves room for sums and products of durations.
    /// </summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly List<string> _problems = [];

    /// <summary>Gets the problems found so far, in the order of the checks.</summary>
    public IReadOnlyList<string> All => _problems;

    /// <summary>Throws if there are problems.</summary>
    /// <param name="subject">The options' name, as the beginning of a sentence: "The options of the Kinesis client".</param>
    /// <param name="problems">The problems.</param>
    /// <exception cref="ConfigurationException">There is at least one problem. The message lists all of them.</exception>
    public static void ThrowIfAny(string subject, IReadOnlyList<string> problems)
    {
        if (problems.Count == 0)
        {
            return;
        }

        throw new ConfigurationException(problems.Count == 1
            ? $"{subject} are not valid: {problems[0]}"
            : $"{subject} are not valid:{string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem}"))}");
    }

    /// <summary>Adds a problem.</summary>
    /// <param name="problem">What is wrong, what is expected and how to fix it; a sentence.</param>
    public OptionsProblems Add(string problem)
    {
        _problems.Add(problem);
        return this;
    }

    /// <summary>Adds a problem unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="problem">What is wrong, what is expected and how to fix it; a sentence.</param>
    public OptionsProblems Require(bool holds, string problem) => holds ? this : Add(problem);

    /// <summary>Checks a lower limit.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="min">The smallest value accepted.</param>
    /// <param name="reason">The reason, as the end of a sentence; null if the limit needs no reason.</param>
    public OptionsProblems AtLeast<T>(string name, T value, T min, string? reason = null)
        where T : IComparable<T> =>
        Require(value.CompareTo(min) >= 0, Describe(name, value, $"be at least {Format(min)}", reason));

    /// <summary>Checks that a value exceeds a limit.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="limit">The largest value not accepted.</param>
    /// <param name="reason">The reason, as the end of a sentence; null if the limit needs no reason.</param>
    public OptionsProblems MoreThan<T>(string name, T value, T limit, string? reason = null)
        where T : IComparable<T> =>
        Require(value.CompareTo(limit) > 0, Describe(name, value, $"be more than {Format(limit)}", reason));

    /// <summary>Checks both limits.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="min">The smallest value accepted.</param>
    /// <param name="max">The largest value accepted.</param>
    /// <param name="reason">The reason, as the end of a sentence; null if the limits need no reason.</param>
    public OptionsProblems Between<T>(string name, T value, T min, T max, string? reason = null)
        where T : IComparable<T> =>
        Require(
            value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0,
            Describe(name, value, $"be between {Format(min)} and {Format(max)}", reason));

    /// <summary>Checks that a duration is not shorter than a minimum and not longer than <see cref="MaxDuration"/>.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="min">The smallest value accepted.</param>
    /// <param name="reason">The reason of the minimum, as the end of a sentence; null if it needs no reason.</param>
    public OptionsProblems Duration(string name, TimeSpan value, TimeSpan min, string? reason = null) =>
        AtLeast(name, value, min, reason).NotTooLong(name, value);

    /// <summary>Checks that a duration is more than zero and not longer than <see cref="MaxDuration"/>.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="reason">The reason of the minimum, as the end of a sentence; null if it needs no reason.</param>
    public OptionsProblems PositiveDuration(string name, TimeSpan value, string? reason = null) =>
        MoreThan(name, value, TimeSpan.Zero, reason).NotTooLong(name, value);

    /// <summary>Checks that a text is given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="remedy">How to fix it, as a sentence; null for none.</param>
    public OptionsProblems NotEmpty(string name, string? value, string? remedy = null) =>
        Require(!string.IsNullOrWhiteSpace(value), $"{name} is empty; it must be set.{(remedy is null ? "" : $" {remedy}")}");

    /// <summary>Checks that a value is given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="remedy">How to fix it, as a sentence; null for none.</param>
    public OptionsProblems NotNull(string name, object? value, string? remedy = null) =>
        Require(value is not null, $"{name} is not set; it must be set.{(remedy is null ? "" : $" {remedy}")}");

    /// <summary>Checks that a text is a name that Kinesis accepts for streams, shards and consumers.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    public OptionsProblems Name(string name, string? value) => Require(
        KinesisNames.IsValid(value),
        $"{name} is '{value}'; it must be 1 to 128 characters from a-z, A-Z, 0-9, '_', '.' and '-'.");

    /// <summary>Checks that an endpoint is an absolute URL of HTTP. Null is accepted.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    public OptionsProblems Endpoint(string name, Uri? value) => Require(
        value is null or { IsAbsoluteUri: true, Scheme: "http" or "https" },
        $"{name} is '{value}'; it must be an absolute http or https URL, for example http://127.0.0.1:4567.");

    /// <summary>Checks that a text has only characters of a region. Null and an empty text are accepted.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">Its value.</param>
    public OptionsProblems Region(string name, string? value) => Require(
        !value.AsSpan().ContainsAnyExcept(KinesisNames.RegionCharacters),
        $"{name} is '{value}'; it must be a region such as us-east-1.");

    /// <summary>Adds the problems of options within these options.</summary>
    /// <param name="name">The option that holds them.</param>
    /// <param name="problems">Their problems, each of which begins with the name of an option.</param>
    public OptionsProblems Nested(string name, IReadOnlyList<string> problems)
    {
        _problems.AddRange(problems.Select(problem => $"{name}.{problem}"));
        return this;
    }

    private OptionsProblems NotTooLong(string name, TimeSpan value) =>
        Require(value <= MaxDuration, Describe(name, value, $"be at most {Format(MaxDuration)}", reason: null));

    private static string Describe<T>(string name, T value, string need, string? reason) =>
        $"{name} is {Format(value)}; it must {need}{(reason is null ? "" : $": {reason}")}.";

    private static string Format<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
