using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace Kcl.Tests.Shared;

/// <summary>
/// Amazon's DynamoDB Local as a process of the test run. If it is not installed (tests/scripts/dynamodb-local.sh), its tests are skipped;
/// with CI=true they fail.
/// </summary>
public sealed class DynamoDbLocal : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private Process? _process;
    private string? _missing;
    private Uri? _endpoint;

    /// <summary>Returns the endpoint. Skips the running test if DynamoDB Local is not installed.</summary>
    public Uri Endpoint
    {
        get
        {
            if (_missing is not null)
            {
                Assert.SkipUnless(IsCi, _missing);
                Assert.Fail(_missing);
            }

            return _endpoint!;
        }
    }

    private static bool IsCi => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    public async ValueTask InitializeAsync()
    {
        var folder = FindFolder();
        _missing = (folder, OnPath("java")) switch
        {
            (null, _) => "DynamoDB Local is not installed: run tests/scripts/dynamodb-local.sh",
            (_, false) => "DynamoDB Local needs a JRE of version 17 or later: run tests/scripts/dynamodb-local.sh",
            _ => null,
        };
        if (_missing is not null)
        {
            return;
        }

        var port = FreePort();
        _endpoint = new($"http://127.0.0.1:{port}");

        // The shell runs while its input is open. Its input is closed when this process ends in any way, and java ends with the shell.
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c",
                "exec 3<&0; java -Xmx512m -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar -inMemory -sharedDb "
                    + "-disableTelemetry -port \"$0\" </dev/null 3<&- & "
                + "java=$!; cat <&3 >/dev/null; kill $java; wait $java",
                port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("DynamoDB Local did not start.");
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilItAnswersAsync(port);
    }

    /// <summary>Creates a client with which tests read the rows directly.</summary>
    public AmazonDynamoDBClient CreateClient() => new(new BasicAWSCredentials("local", "local"), new AmazonDynamoDBConfig
    {
        ServiceURL = Endpoint.ToString(),
        AuthenticationRegion = "us-east-1",
    });

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static async Task WaitUntilItAnswersAsync(int port)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, timeout.Token);
            }
        }
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var root = Path.Combine(folder.FullName, "artifacts", "dynamodb-local");
            if (File.Exists(Path.Combine(folder.FullName, "Kcl.slnx")))
            {
                return Directory.Exists(root)
                    ? Directory.EnumerateFiles(root, "DynamoDBLocal.jar", SearchOption.AllDirectories)
                        .Select(Path.GetDirectoryName)
                        .FirstOrDefault()
                    : null;
            }
        }

        return null;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
