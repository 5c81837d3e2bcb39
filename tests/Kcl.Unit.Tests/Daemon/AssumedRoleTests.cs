using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;
using Kcl.Daemon.Credentials;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>Tests that a role is assumed with a request to STS, with a minimal server on the loopback address.</summary>
public sealed class AssumedRoleTests
{
    [Fact]
    public async Task Asks_STS_once_with_role_session_and_external_id()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener);
        var options = new RoleArguments("eu-west-1", new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), "partner=7");
        using var role = new AssumedRole(
            "arn:aws:iam::123456789012:role/reader",
            "kcl",
            options,
            null,
            new BasicAWSCredentials("AKIA", "secret"));

        var credentials = await role.GetCredentialsAsync();
        Assert.Equal(("ASIA1", "secret1", "token1"), (credentials.AccessKey, credentials.SecretKey, credentials.Token));
        Assert.Equal("ASIA1", (await role.GetCredentialsAsync()).AccessKey);

        var request = await answering;
        Assert.Contains("Action=AssumeRole", request, StringComparison.Ordinal);
        Assert.Contains("RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader", request, StringComparison.Ordinal);
        Assert.Contains("RoleSessionName=kcl", request, StringComparison.Ordinal);
        Assert.Contains("ExternalId=partner%3D7", request, StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/sts/aws4_request", request, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var buffer = new byte[16 * 1024];
        var request = new StringBuilder();
        while (!request.ToString().Contains("ExternalId", StringComparison.Ordinal))
        {
            request.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)));
        }

        var body = """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>secret1</SecretAccessKey>
            <SessionToken>token1</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """;
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: "
                + $"{Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"),
            TestContext.Current.CancellationToken);
        return request.ToString();
    }
}
