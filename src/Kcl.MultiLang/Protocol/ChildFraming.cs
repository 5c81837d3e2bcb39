namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Specifies how a child's client library separates its messages from other output. The framing is detected from the answer to
/// <c>initialize</c>, which precedes all records.
/// </summary>
internal enum ChildFraming
{
    /// <summary>The child has not answered yet.</summary>
    Unknown,

    /// <summary>
    /// The library writes an empty line before each message, as do kclpy, aws-kcl, kclrb, the Go client and <see cref="KclProcess"/>.
    /// </summary>
    EmptyLineBefore,

    /// <summary>
    /// The library writes each message as a single line, as do the libraries for .NET, Rust and PHP, and most hand-written loops.
    /// </summary>
    LineOnly,
}
