// Runs the same processor in this process, without a daemon.
// First run './kcl local', which keeps its terminal, and './kcl put --stream words -w cat -w dog --local' in another one.
using System.Runtime.InteropServices;
using Kcl;
using Kcl.Kinesis;
using Kcl.Leases.Sqlite;
using Microsoft.Extensions.Logging;
using WordCounter;

var endpoint = new Uri(args is [var url, ..] ? url : "http://127.0.0.1:4567");
var stream = args is [_, var name, ..] ? name : "words";

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var logs = LoggerFactory.Create(builder => builder.AddSimpleConsole(console => console.SingleLine = true));

// On AWS, use new KinesisClient(new()) and a DynamoDbLeaseStore.
await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(endpoint), logs);
await using var leases = new SqliteLeaseStore("word-counter.leases.db", "WordCounter");
await using var consumer = new KinesisConsumer(
    new()
    {
        Stream = { Identifier = new StreamName(stream), InitialPosition = InitialPosition.TrimHorizon },
    },
    new() { KinesisClient = kinesis, LeaseStore = leases, ProcessorFactory = new WordCounterFactory(), LoggerFactory = logs });

// Returns after a stop, when the processors have checkpointed and the leases are released.
await consumer.RunAsync(stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
