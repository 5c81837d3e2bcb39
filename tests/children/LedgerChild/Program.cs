using System.Globalization;
using Kcl;
using LedgerChild;

// LedgerChild LEDGER WORKER RECORDS: a C# child of any multi-language daemon that keeps a ledger, as ledger_child.py does, and checkpoints
// after a number of records.
var checkpointEvery = int.Parse(args[2], CultureInfo.InvariantCulture);
return await KclProcess.RunAsync(new LedgerProcessor(new Ledger(args[0], args[1]), checkpointEvery));
