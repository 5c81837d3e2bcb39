namespace Kcl.MultiLang.Protocol;

/// <summary>
/// How a child's client library sets its messages apart from what else is printed. The answer to <c>initialize</c>, which comes before any
/// record, shows it.
/// </summary>
internal enum ChildFraming
{
    /// <summary>Nothing was answered yet.</summary>
    Unknown,

    /// <summary>It writes an empty line before each message: kclpy, aws-kcl, kclrb, the Go client, <see cref="KclProcess"/>.</summary>
    EmptyLineBefore,

    /// <summary>It writes each message as a line and nothing else: .NET, Rust, PHP, most hand-written loops.</summary>
    LineOnly,
}
