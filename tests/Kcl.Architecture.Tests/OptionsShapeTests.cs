using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Kcl.Architecture.Tests;

/// <summary>
/// Tests that every public options type has one shape: settable properties, one form of documentation that names the real default, and a
/// list of all problems.
/// </summary>
public class OptionsShapeTests
{
    [Fact]
    public void Every_public_options_type_has_the_one_shape()
    {
        var types = Types().ToList();
        Assert.Contains(types, static type => type.Name == "KinesisConsumerOptions");
        Assert.Contains(types, static type => type.Name == "StreamOptions");
        Report.None(types.SelectMany(static type => Problems(type, Documentation(type.Assembly))));
    }

    [Fact]
    public void Null_is_a_problem_of_every_option_that_cannot_be_null()
    {
        var options = Types().SelectMany(static type => NotNullable(type)).ToList();
        Assert.Contains(options, static property => property is { DeclaringType.Name: "PutAllRecordsOptions", Name: "TimeProvider" });
        Report.None(options.Where(static property => !IsNullReported(property))
            .Select(static property => $"{property.DeclaringType!.Name}.{property.Name}: null is accepted, or throws without its name"));
    }

    [Fact]
    public void Every_duration_of_the_options_has_a_minimum_and_a_maximum()
    {
        var durations = Types().SelectMany(static type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            .Where(static property => property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?)).ToList();
        Assert.Contains(durations, static property => property is { DeclaringType.Name: "KinesisConsumerOptions", Name: "FailoverTime" });
        Report.None(durations
            .SelectMany(static property => new[] { TimeSpan.MaxValue, TimeSpan.FromDays(25), TimeSpan.FromTicks(-1), TimeSpan.MinValue }
                .Where(value => !IsReported(property, value))
                .Select(value => $"{property.DeclaringType!.Name}.{property.Name}: {value} is accepted, or reported without its name")));
    }

    [Fact]
    public void A_frozen_copy_shares_no_collection_with_its_original()
    {
        var collections = Types().SelectMany(static type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            .Where(static property => property.GetSetMethod() is null && IsFilled(property.PropertyType)).ToList();
        Assert.Contains(collections, static property => property is { DeclaringType.Name: "LocalKinesisOptions", Name: "InitialStreams" });
        Report.None(collections.Where(static property => IsShared(property))
            .Select(static property => $"{property.DeclaringType!.Name}.{property.Name} is shared with the frozen copy"));
    }

    [Fact]
    public void Planted_faults_are_found()
    {
        Assert.Equal(
            [
                "PlantedOptions has no internal method 'IReadOnlyList<string> Validate()'",
                "PlantedOptions.Delay: the value does not name the default, '2 seconds'",
                "PlantedOptions.IsOn: the summary does not begin with 'Gets or sets'",
                "PlantedOptions.IsOn: there is no <value> with 'The default is'",
                "PlantedOptions.Size cannot be set",
            ],
            Problems(typeof(PlantedOptions), PlantedDocumentation).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("The default is 10 seconds; the minimum is 1 second.", 10_000)]
    [InlineData("The default is 500 milliseconds.", 500)]
    [InlineData("The default is 10 minutes, as in the Java KCL.", 600_000)]
    [InlineData("The default is zero.", 0)]
    public void A_duration_is_written_with_its_unit(string text, int milliseconds) =>
        Assert.Contains(Expected(TimeSpan.FromMilliseconds(milliseconds)), expected => Names(text, expected));

    private static Dictionary<string, XElement> PlantedDocumentation => XElement.Parse(
        """
        <members>
          <member name="P:Kcl.Architecture.Tests.OptionsShapeTests.PlantedOptions.Delay">
            <summary>Gets or sets the delay.</summary><value>The default is 20 seconds.</value>
          </member>
          <member name="P:Kcl.Architecture.Tests.OptionsShapeTests.PlantedOptions.IsOn"><summary>Whether it is on.</summary></member>
          <member name="P:Kcl.Architecture.Tests.OptionsShapeTests.PlantedOptions.Name">
            <summary>Gets or sets the name.</summary><value>Required; there is no default.</value>
          </member>
          <member name="P:Kcl.Architecture.Tests.OptionsShapeTests.PlantedOptions.Size">
            <summary>Gets the size.</summary><value>The default is 3.</value>
          </member>
        </members>
        """).Elements("member").ToDictionary(static member => member.Attribute("name")!.Value);

    private static IEnumerable<Type> Types() => SourceProject.Names
        .Select(static name => name == "Kcl.Cli" ? null : Assembly.Load(name))
        .OfType<Assembly>()
        .SelectMany(static assembly => assembly.GetExportedTypes())
        .Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type is { IsClass: true, IsAbstract: false });

    private static Dictionary<string, XElement> Documentation(Assembly assembly) =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml"))
            .Descendants("member").ToDictionary(static member => member.Attribute("name")!.Value);

    private static IEnumerable<PropertyInfo> NotNullable(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(static property => property is { PropertyType.IsValueType: false, CanWrite: true }
            && property.GetSetMethod() is not null
            && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.NotNull);

    private static bool IsNullReported(PropertyInfo property)
    {
        var options = Activator.CreateInstance(property.DeclaringType!)!;
        if (property.GetValue(options) is "")
        {
            return true; // null means not set, as the default value does
        }

        try
        {
            property.SetValue(options, null);
            return Validate(options).Any(problem => problem.Contains(property.Name, StringComparison.Ordinal));
        }
        catch (TargetInvocationException exception)
        {
            return exception.InnerException is ArgumentNullException;
        }
    }

    private static bool IsReported(PropertyInfo property, TimeSpan value)
    {
        var options = Activator.CreateInstance(property.DeclaringType!)!;
        property.SetValue(options, value);
        return Validate(options).Any(problem => problem.StartsWith($"{property.Name} is ", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Validate(object options) =>
        (IReadOnlyList<string>)options.GetType()
            .GetMethod("Validate", BindingFlags.Instance | BindingFlags.NonPublic, [])!.Invoke(options, [])!;

    // Freeze requires valid options, so the required names are set.
    private static bool IsShared(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var options = Activator.CreateInstance(type)!;
        foreach (var unset in type.GetProperties().Where(p => p.PropertyType == typeof(string) && p.GetValue(options) is "" && p.CanWrite))
        {
            unset.SetValue(options, "a-name");
        }

        var freeze = type.GetMethod("Freeze", BindingFlags.Instance | BindingFlags.NonPublic, [])!;
        return ReferenceEquals(property.GetValue(options), property.GetValue(freeze.Invoke(options, [])));
    }

    private static IEnumerable<string> Problems(Type type, Dictionary<string, XElement> documentation)
    {
        var validate = type.GetMethod("Validate", BindingFlags.Instance | BindingFlags.NonPublic, []);
        if (validate is not { IsAssembly: true } || validate.ReturnType != typeof(IReadOnlyList<string>))
        {
            yield return $"{type.Name} has no internal method 'IReadOnlyList<string> Validate()'";
        }

        var options = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var member = documentation.GetValueOrDefault($"P:{type.FullName!.Replace('+', '.')}.{property.Name}");
            foreach (var problem in Problems(property, property.GetValue(options), member))
            {
                yield return $"{type.Name}.{property.Name}{problem}";
            }
        }
    }

    private static IEnumerable<string> Problems(PropertyInfo property, object? initial, XElement? member)
    {
        var isFilled = IsFilled(property.PropertyType);
        var isSettable = property.GetSetMethod() is { } setter
            && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        if (!isSettable && !isFilled)
        {
            yield return " cannot be set";
            yield break;
        }

        var verb = isSettable ? "Gets or sets" : "Gets";
        if (!Text(member?.Element("summary")).StartsWith(verb + " ", StringComparison.Ordinal))
        {
            yield return $": the summary does not begin with '{verb}'";
        }

        var value = Text(member?.Element("value"));
        if (IsUnset(initial) && value.StartsWith("Required", StringComparison.Ordinal))
        {
            yield break;
        }

        if (!value.StartsWith("The default is ", StringComparison.Ordinal))
        {
            yield return ": there is no <value> with 'The default is'";
        }
        else if (Expected(initial) is { Count: > 0 } expected && !expected.Any(one => Names(value, one)))
        {
            yield return $": the value does not name the default, '{expected[0]}'";
        }
    }

    // A collection or an options object that callers fill has no setter, as is usual in .NET.
    private static bool IsFilled(Type type) => type != typeof(string)
        && (typeof(IEnumerable).IsAssignableFrom(type) || type.Name.EndsWith("Options", StringComparison.Ordinal));

    private static bool IsUnset(object? value) =>
        value is null or "" || (value.GetType().IsValueType && value.Equals(Activator.CreateInstance(value.GetType())));

    private static bool Names(string value, string expected)
    {
        var rest = value["The default is ".Length..];
        return rest.StartsWith(expected, StringComparison.OrdinalIgnoreCase)
            && (rest.Length == expected.Length || !char.IsLetterOrDigit(rest[expected.Length]));
    }

    /// <summary>Returns the forms in which a default can be written; none if it is not a literal.</summary>
    private static List<string> Expected(object? value) => value switch
    {
        null => ["null"],
        int.MaxValue => ["Int32.MaxValue"],
        bool or int or long or double => [Convert.ToString(value, CultureInfo.InvariantCulture)!],
        Enum => [$"{value.GetType().Name}.{value}"],
        string text => text.Length == 0 ? ["empty"] : [text],
        TimeSpan { Ticks: 0 } => ["zero"],
        TimeSpan duration => [.. Durations(duration)],
        _ => [],
    };

    private static IEnumerable<string> Durations(TimeSpan duration)
    {
        foreach (var (count, unit) in new[]
        {
            (duration.TotalHours, "hour"),
            (duration.TotalMinutes, "minute"),
            (duration.TotalSeconds, "second"),
            (duration.TotalMilliseconds, "millisecond"),
        })
        {
            if (count == Math.Floor(count))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
            }
        }
    }

    /// <summary>Returns the text of an element. A reference is replaced by the type and member to which it refers.</summary>
    private static string Text(XElement? element)
    {
        var text = string.Concat(element?.DescendantNodes().Select(Text) ?? []);
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } reference =>
            string.Join('.', Target(reference).Split(':')[^1].Split('.').TakeLast(2)),
        _ => "",
    };

    private static string Target(XElement reference) =>
        reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? reference.Attribute("name")?.Value ?? "";

    internal sealed class PlantedOptions
    {
        public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(2);

        public bool IsOn { get; set; }

        public string Name { get; set; } = "";

        public int Size { get; } = 3;
    }
}
