namespace Kcl.MultiLang.Protocol;

/// <summary>
/// How a child's client library separates its messages from other output. It is detected from the answer to <c>initialize</c>, which
/// precedes all records.
/// </summary>
internal enum ChildFraming
{
    /// <summary>The child has not answered yet.</summary>
    Unknown,

    /// <summary>
    /// The library writes an empty line before each message: kclpy, aws-kcl, kclrb, the Go client, <see cref="KclProcess"/>.
    /// </summary>
    EmptyLineBefore,

    /// <summary>The library writes each message as a single line: .NET, Rust, PHP, most hand-written loops.</summary>
    LineOnly,
}
