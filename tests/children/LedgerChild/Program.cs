using Kcl;
using LedgerChild;

// LedgerChild LEDGER WORKER RECORDS: a C# child of any multi-language daemon that keeps a ledger and checkpoints after so many records. See ledger_child.py.
return await KclProcess.RunAsync(new LedgerProcessor(new Ledger(args[0], args[1]), int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture)));
