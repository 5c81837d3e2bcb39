"""A child with the faults that its arguments name: python3 child.py BEHAVIOR... Otherwise it follows the protocol."""
import base64
import json
import os
import signal
import subprocess
import sys
import time

behaviors = sys.argv[1:]
out = os.fdopen(os.dup(1), "w", buffering=1)


def has(name):
    return name in behaviors


def say(message):
    out.write(json.dumps(message) + "\n")
    out.flush()


def checkpoint(number=None, sub=None):
    say({"action": "checkpoint", "sequenceNumber": number, "subSequenceNumber": sub})
    reply = json.loads(sys.stdin.readline())
    sys.stderr.write("checkpoint %s %s: %s\n" % (number, sub, reply["error"]))
    sys.stderr.flush()
    return reply["error"]


if has("ignore-term"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if has("grandchild") or has("grandchild-elsewhere"):
    # It inherits the pipes. With 'grandchild-elsewhere', it has its own session, so that signals to the child's group do not reach it.
    grandchild = subprocess.Popen(["sleep", "600"], start_new_session=has("grandchild-elsewhere"))
    sys.stderr.write("grandchild is process %d\n" % grandchild.pid)
if has("never-start"):
    time.sleep(600)
if has("garbage"):
    out.write("no message\n\x00\x01 {\"half\": \n\x1b[31mcolour\n[]\nnull\n{\"action\":\"dance\"}\n" + "x" * 200000 + "\n")
    out.flush()
if has("flood"):
    for _ in range(1000):
        say({"action": "status", "responseFor": "initialize"})

if has("announce"):
    sys.stderr.write("process %d says hello\n" % os.getpid())
sys.stderr.write("hello from %s at %s\n" % (os.environ["KCL_SHARD_ID"], os.environ["KCL_CHECKPOINT"]))
sys.stderr.flush()
records = 0
shard_ends = 0
for line in sys.stdin:
    message = json.loads(line)
    action = message["action"]
    if action == "processRecords":
        records += len(message["records"])
        if has("tell-records"):
            for r in message["records"]:
                key, data = json.dumps(r["partitionKey"]), base64.b64decode(r["data"]).decode()
                sys.stderr.write("record %s %s %d of %s\n" % (key, data, r["subSequenceNumber"], r["sequenceNumber"]))
            sys.stderr.flush()
        if has("die-in-batch"):
            os.kill(os.getpid(), signal.SIGKILL)
        if has("exit-in-batch"):
            sys.exit(3)
        if has("hang-in-batch"):
            time.sleep(600)
        if has("slow-batch"):
            time.sleep(1)
        if has("half-lines"):
            for i in range(20):
                sys.stderr.write("record %d;" % i)
                sys.stderr.flush()
        if has("flood-stderr"):
            sys.stderr.write("".join("line %05d\n" % i for i in range(20000)))
            sys.stderr.flush()
        if has("early") and records > 2:
            checkpoint(message["records"][0]["sequenceNumber"])
        if has("wrong-status"):
            action = "shardEnded"
        if has("forged-status"):
            action = "leaseLost'\n2026-01-01 00:00:00.000Z warn  Kcl.Leasing: everything is lost\x1b[2J"
        if has("checkpoints"):
            checkpoint()
            checkpoint(message["records"][0]["sequenceNumber"])
            checkpoint("1", 0)
            checkpoint("not a number")
            checkpoint("TRIM_HORIZON")
            checkpoint(message["records"][-1]["sequenceNumber"], -1)
    elif action in ("initialize", "leaseLost") and has("checkpoint-anywhere"):
        checkpoint()
    elif action == "shardEnded":
        shard_ends += 1
        if not has("forget-the-end") or shard_ends > 2:
            checkpoint()
    elif action == "shutdownRequested":
        checkpoint()
    elif action == "checkpoint":
        continue  # the reply to what was sent between two actions
    say({"action": "status", "responseFor": action})
    if has("twice"):
        say({"action": "status", "responseFor": action})
    if has("deaf"):
        time.sleep(600)
    if has("die-when-idle") and action == "initialize":
        sys.exit(4)
    if has("early") and action == "processRecords" and records == 2:
        say({"action": "checkpoint"})
        say({"action": "status", "responseFor": "processRecords"})
        out.write("that was early\n")
        out.flush()
    if has("checkpoint-when-idle") and action == "initialize":
        say({"action": "checkpoint"})

sys.stderr.write("stopped after %d records\n" % records)
sys.stderr.flush()
if has("stay"):
    time.sleep(600)
