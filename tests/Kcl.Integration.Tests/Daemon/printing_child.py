"""printing_child.py FRAMING MARKER [--checkpoint] [--alone]: prints every record to stdout, as a processor with a forgotten print() does.

FRAMING is how it writes its messages: as kclpy and aws-kcl do (an empty line before each), or as .NET's library and a plain loop do (none).
It exits with code 1 after its fifth record if MARKER does not exist yet. With --checkpoint, it checkpoints all records at the end of each batch.
Each record is printed after other text, and with --alone a second time on a separate line. The received records are written to stderr."""
import base64
import json
import os
import sys

FORMATS = {
    "kclpy": lambda message: "\n%s\n" % json.dumps(message),
    "aws-kcl": lambda message: "\n%s\n" % json.dumps(message, separators=(",", ":")),
    "dotnet": lambda message: "%s\n" % json.dumps(message, separators=(",", ":")),
    "loop": lambda message: "%s\n" % json.dumps(message),
}
framing, marker = sys.argv[1:3]
first = not os.path.exists(marker)


def say(message):
    sys.stdout.write(FORMATS[framing](message))
    sys.stdout.flush()


def see(what):
    sys.stderr.write("life %d %s\n" % (1 if first else 2, what))
    sys.stderr.flush()


seen = 0
for line in sys.stdin:
    message = json.loads(line)
    action = message["action"]
    if action == "processRecords":
        for record in message["records"]:
            text = base64.b64decode(record["data"]).decode()
            print("processing", text, flush=True)
            if "--alone" in sys.argv:
                print(text, flush=True)
            see("saw " + record["partitionKey"])
            seen += 1
            if first and seen == 5 and "--checkpoint" not in sys.argv:
                open(marker, "w").close()
                os._exit(1)
        if "--checkpoint" in sys.argv:
            say({"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None})
            see("checkpointed %d: %s" % (seen, sys.stdin.readline().strip()))
            if first:
                open(marker, "w").close()
                os._exit(1)
    elif action in ("shardEnded", "shutdownRequested"):
        say({"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None})
        sys.stdin.readline()
    say({"action": "status", "responseFor": action})
