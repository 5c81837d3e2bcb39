// Measures the costs of the whole path. The embedded server runs in its own process. This process runs the daemon with children that do
// nothing, and then an in-process consumer.
//   dotnet run -c Release --project bench/Kcl.EndToEnd -- [--shards N] [--records N per shard] [--size BYTES] [--only PART OF A NAME]
//   dotnet run -c Release --project bench/Kcl.EndToEnd -- latency [--records N]
using System.Globalization;
using Kcl;
using Kcl.EndToEnd;

if (args is ["child"])
{
    return await KclProcess.RunAsync(new IdleProcessor());
}

if (args is ["server"])
{
    await ServerProcess.RunAsync();
    return 0;
}

if (args is ["latency", ..])
{
    await Latency.RunAsync(Number("--records", 300));
    return 0;
}

var load = new Load(Number("--shards", 4), Number("--records", 65_536), Number("--size", 1024));
var only = Array.IndexOf(args, "--only") is >= 0 and var named && named + 1 < args.Length ? args[named + 1] : "";
await using var server = await ServerProcess.StartAsync();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{load.Shards} shards, {load.RecordsPerShard} records of {load.Size} bytes in each: {load.Bytes / 1e6:F0} MB at {server.Endpoint}"));
await load.PutAsync(server.Endpoint);

// The code is compiled in the first pass of each, so the second is measured.
foreach (var pass in (Pass[])[
    new DaemonPass(RetrievalMode.Polling),
    new DaemonPass(RetrievalMode.FanOut),
    new InProcessPass(RetrievalMode.Polling),
    new InProcessPass(RetrievalMode.FanOut),
])
{
    if (!pass.Name.Contains(only, StringComparison.Ordinal))
    {
        continue;
    }

    await pass.RunAsync(server.Endpoint, load);
    var result = await pass.RunAsync(server.Endpoint, load);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{pass.Name,-24}{load.Bytes / 1e6 / result.Elapsed.TotalSeconds,8:F0} MB/s "
            + $"{result.Cpu.TotalSeconds / (load.Bytes / 1e9),8:F2} CPU-s per GB "
            + $"{result.Cpu.TotalMicroseconds / load.Records,8:F2} µs and "
            + $"{(double)result.Allocated / load.Records,6:F0} bytes allocated per record"));
}

return 0;

int Number(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
        ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
        : otherwise;
